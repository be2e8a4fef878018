import { signal } from '@preact/signals';
import type { CallDetail, DeadPage, DeadRequest, DeadResult, Failure } from '../../src/api/types.ts';
import { get, post, toFailure } from '../api/client.ts';
import { changed } from '../api/live.ts';
import { isPending, mergeRows, pendingCalls, replayedRows, type ShownRow, withStates } from './kept-rows.ts';

/** Which dead letters are shown: an empty value is no filter. */
export interface Filter {
  readonly provider: string;
  /** Of a group. */
  readonly error: string;
  /** When they died: ISO 8601. */
  readonly since: string;
  readonly until: string;
}

const PAGE = 50;
/** How many calls are asked about at a time. */
const MOST_CALLS = 10;

export const page = signal<DeadPage | undefined>(undefined);
export const failure = signal<Failure | undefined>(undefined);
/** Rows that were replayed. */
export const kept = signal<readonly ShownRow[]>([]);

let newest: AbortController | undefined;

/** Loads the first `limit` dead letters. An answer to an older request is dropped. */
export async function load(filter: Filter, limit = PAGE): Promise<void> {
  newest?.abort();
  newest = new AbortController();
  const { signal: aborted } = newest;
  try {
    const loaded = await get<DeadPage>('dead', { ...filter, limit }, aborted);
    if (aborted.aborted) return;
    page.value = loaded;
    failure.value = undefined;
  } catch (problem) {
    if (!aborted.aborted) failure.value = toFailure(problem);
  }
}

/** Loads as many as are shown, or more. */
export function reload(filter: Filter, more = 0): Promise<void> {
  return load(filter, Math.min(1000, Math.max(PAGE, (page.value?.rows.length ?? 0) + more)));
}

/** Counts what a request would change. */
export function count(action: Action, request: DeadRequest): Promise<DeadResult> {
  return post(`dead/${action}`, { ...request, dryRun: true });
}

export type Action = 'replay' | 'discard';

/** Counts, asks, and then does it. */
export type Run = (action: Action, request: DeadRequest) => void;

/** Replays or discards. Replayed rows stay. */
export async function act(action: Action, request: DeadRequest, filter: Filter): Promise<void> {
  const before = mergeRows(kept.value, page.value?.rows ?? []);
  await post<DeadResult>(`dead/${action}`, request);
  await reload(filter);
  if (action === 'replay') kept.value = [...kept.value, ...replayedRows(before, page.value?.rows ?? [])];
  changed();
}

/** Asks how far the replayed events are. */
export async function followReplayed(filter: Filter): Promise<void> {
  const calls = pendingCalls(kept.value, MOST_CALLS);
  await Promise.all(calls.map(askAbout));
  const died = kept.value.filter(({ state }) => state === 'dead');
  kept.value = kept.value.filter(({ state }) => state !== 'dead');
  if (died.length > 0) await reload(filter);
}

export function hasPending(): boolean {
  return kept.value.some(isPending);
}

async function askAbout(key: string): Promise<void> {
  let events: CallDetail['events'];
  try {
    ({ events } = await get<CallDetail>('call', { key }));
  } catch (problem) {
    // Asked again in the next round, unless the call was removed.
    if (toFailure(problem).code !== 'not_found') return;
    events = [];
  }
  kept.value = withStates(kept.value, key, new Map(events.map(({ id, handling }) => [id, handling.state])));
}
