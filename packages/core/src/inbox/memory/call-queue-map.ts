import type { Lane } from './call-queue.ts';
import { LinkedList, type Node } from './linked-list.ts';

/** All calls, by provider, tenant and call id, and in the order in which they were added. */
export class LaneMap {
  readonly #byProvider = new Map<string, Map<string, Map<string, Node<Lane>>>>();
  readonly #inOrder = new LinkedList<Lane>();
  size = 0;

  get(provider: string, tenant: string | undefined, callId: string): Lane | undefined {
    const lanes = this.#byProvider.get(provider)?.get(tenant ?? '');
    return lanes?.get(callId)?.item;
  }

  add(lane: Lane): void {
    const { provider, tenant = '', callId } = lane;
    const byTenant = this.#byProvider.get(provider) ?? new Map<string, Map<string, Node<Lane>>>();
    const lanes = byTenant.get(tenant) ?? new Map<string, Node<Lane>>();
    if (lanes.size === 0) this.#byProvider.set(provider, byTenant.set(tenant, lanes));
    lanes.set(callId, this.#inOrder.add(lane));
    this.size++;
  }

  remove({ provider, tenant = '', callId }: Lane): void {
    const byTenant = this.#byProvider.get(provider);
    const lanes = byTenant?.get(tenant);
    this.#inOrder.remove(lanes?.get(callId) as Node<Lane>);
    lanes?.delete(callId);
    if (lanes?.size === 0) byTenant?.delete(tenant);
    this.size--;
  }

  newestFirst(): Iterable<Lane> {
    return this.#inOrder.newestFirst();
  }
}
