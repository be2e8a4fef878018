import type { Lane } from './lane.ts';

/** All calls, by provider and call id. */
export class LaneMap {
  readonly #byProvider = new Map<string, Map<string, Lane>>();
  size = 0;

  get(provider: string, callId: string): Lane | undefined {
    return this.#byProvider.get(provider)?.get(callId);
  }

  add(lane: Lane): void {
    let lanes = this.#byProvider.get(lane.provider);
    if (lanes === undefined) {
      lanes = new Map();
      this.#byProvider.set(lane.provider, lanes);
    }
    lanes.set(lane.callId, lane);
    this.size++;
  }

  remove(lane: Lane): void {
    this.#byProvider.get(lane.provider)?.delete(lane.callId);
    this.size--;
  }

  /** In the order in which they were added. */
  all(): Lane[] {
    return [...this.#byProvider.values()].flatMap((lanes) => [...lanes.values()]).sort((a, b) => a.serial - b.serial);
  }
}
