import type { Lane } from './lane.ts';

/** All calls, by provider, tenant and call id. */
export class LaneMap {
  readonly #byProvider = new Map<string, Map<string, Map<string, Lane>>>();
  size = 0;

  get(provider: string, tenant: string | undefined, callId: string): Lane | undefined {
    return this.#byProvider
      .get(provider)
      ?.get(tenant ?? '')
      ?.get(callId);
  }

  add(lane: Lane): void {
    const { provider, tenant = '', callId } = lane;
    const byTenant = this.#byProvider.get(provider) ?? new Map<string, Map<string, Lane>>();
    const lanes = byTenant.get(tenant) ?? new Map<string, Lane>();
    if (lanes.size === 0) this.#byProvider.set(provider, byTenant.set(tenant, lanes));
    lanes.set(callId, lane);
    this.size++;
  }

  remove({ provider, tenant = '', callId }: Lane): void {
    const byTenant = this.#byProvider.get(provider);
    const lanes = byTenant?.get(tenant);
    lanes?.delete(callId);
    if (lanes?.size === 0) byTenant?.delete(tenant);
    this.size--;
  }

  /** In the order in which they were added. */
  all(): Lane[] {
    const byTenant = [...this.#byProvider.values()].flatMap((tenants) => [...tenants.values()]);
    return byTenant.flatMap((lanes) => [...lanes.values()]).sort((a, b) => a.serial - b.serial);
  }
}
