import type { ProviderHealth } from '../../health.ts';
import type { CallQueue } from '../call-queue.ts';
import { LinkedList } from '../linked-list.ts';

/** After how long without an event a live call is silent. */
const SILENT_MS = 600_000;
const MOST_SILENT = 1000;

/** The live calls of each provider, in the order of their last events. */
export class LiveCalls {
  readonly #byProvider = new Map<string, LinkedList<CallQueue>>();

  /** Puts a live call behind all others: it has a new event. */
  touch({ provider, inLive }: CallQueue): void {
    const list = inLive.list ?? this.#of(provider);
    inLive.leave();
    list.append(inLive);
  }

  #of(provider: string): LinkedList<CallQueue> {
    const known = this.#byProvider.get(provider);
    if (known !== undefined) return known;
    const list = new LinkedList<CallQueue>();
    this.#byProvider.set(provider, list);
    return list;
  }

  /** The providers that have live calls, by name. */
  health(now: number): readonly Required<ProviderHealth>[] {
    return [...this.#byProvider]
      .filter(([, { size }]) => size > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([provider, list]) => ({ provider, live: list.size, silent: silentIn(list, now) }));
  }
}

/** How many live calls of all providers are silent. */
export function silentOf(providers: readonly Required<ProviderHealth>[]): number {
  const silent = providers.reduce((sum, provider) => sum + provider.silent, 0);
  return Math.min(silent, MOST_SILENT);
}

function silentIn(list: LinkedList<CallQueue>, now: number): number {
  let silent = 0;
  for (const queue of list.oldestFirst()) {
    if (silent === MOST_SILENT || now - queue.touchedAt < SILENT_MS) break;
    silent++;
  }
  return silent;
}
