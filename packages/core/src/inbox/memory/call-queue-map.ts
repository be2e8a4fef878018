import type { CallQueue } from './call-queue.ts';
import { LinkedList, type Node } from './linked-list.ts';

/** All calls, by provider, tenant and call id, and in the order in which they were added. */
export class CallQueueMap {
  readonly #byProvider = new Map<string, Map<string, Map<string, Node<CallQueue>>>>();
  readonly #inOrder = new LinkedList<CallQueue>();
  size = 0;

  get(provider: string, tenant: string | undefined, callId: string): CallQueue | undefined {
    const lanes = this.#byProvider.get(provider)?.get(tenant ?? '');
    return lanes?.get(callId)?.item;
  }

  add(lane: CallQueue): void {
    const { provider, tenant = '', callId } = lane;
    const byTenant = this.#byProvider.get(provider) ?? new Map<string, Map<string, Node<CallQueue>>>();
    const lanes = byTenant.get(tenant) ?? new Map<string, Node<CallQueue>>();
    if (lanes.size === 0) this.#byProvider.set(provider, byTenant.set(tenant, lanes));
    lanes.set(callId, this.#inOrder.add(lane));
    this.size++;
  }

  remove({ provider, tenant = '', callId }: CallQueue): void {
    const byTenant = this.#byProvider.get(provider);
    const lanes = byTenant?.get(tenant);
    this.#inOrder.remove(lanes?.get(callId) as Node<CallQueue>);
    lanes?.delete(callId);
    if (lanes?.size === 0) byTenant?.delete(tenant);
    this.size--;
  }

  newestFirst(): Iterable<CallQueue> {
    return this.#inOrder.newestFirst();
  }
}
