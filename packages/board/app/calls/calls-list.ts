import { batch, computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { CallRow, CallsPage, Failure, StreamEvent } from '../../src/api/types.ts';
import { get, toFailure } from '../api/client.ts';
import { erased } from '../api/live.ts';
import { serverNow } from '../api/state.ts';
import type { Query } from '../shell/routes.ts';
import { appendRows, insertRows, mergeRows, rowsToShow } from './merge-rows.ts';

export interface CallsQuery {
  readonly filters: Query;
  readonly provider: string;
  readonly rangeMs: number;
}

const PAGE = 200;
/** The most rows that are asked for after a change. */
const MOST_CHANGED = 1000;
/** At most one question in so many milliseconds. */
const PACE_MS = 500;
/** A list that grew longer begins again at the top. */
const LONGEST = 5000;
/** How far back events of other processes may still become visible. */
const OVERLAP_MS = 10_000;

export const rows = signal<readonly CallRow[]>([]);
/** Calls that began while the visitor was on a row, or further down. */
export const waiting = signal<readonly CallRow[]>([]);
/** More calls than were asked for changed meanwhile. */
export const isBehind = signal(false);
export const failure = signal<Failure | undefined>();
/** Whether there is an answer for the present query. */
export const isLoaded = signal(false);
/** The row that has the focus. */
export const focused = signal<string | undefined>();
/** Whether the visitor has scrolled down. */
export const isScrolled = signal(false);
export const isHeld: ReadonlySignal<boolean> = computed(() => focused.value !== undefined || isScrolled.value);

const next = signal<string | undefined>();
/** Whether there are older calls on the server. */
export const hasMore: ReadonlySignal<boolean> = computed(() => next.value !== undefined);

let query: CallsQuery | undefined;
let request = new AbortController();
/** How far the first page of the query is. Until it is there, changes wait: its rows may be older than theirs, or those of another query. */
let firstPage: 'there' | 'coming' | 'failed' = 'failed';
let isLoadingOlder = false;
let knownDead: number | undefined;
let changedKeys = new Set<string>();
let changedSince = '';
let timer: ReturnType<typeof setTimeout> | undefined;
/** When it last asked for changes, since the page was opened. */
let askedAtMs = Number.NEGATIVE_INFINITY;

/** Shows the calls of a query, unless it shows them already. */
export function open(wanted: CallsQuery): void {
  const isSame = JSON.stringify(wanted) === JSON.stringify(query);
  query = wanted;
  if (!isSame) {
    isLoaded.value = false;
    waiting.value = [];
    isBehind.value = false;
  }
  if (isSame && firstPage === 'there') noteEvents();
  else void load();
}

/** Loads the first page. */
export async function load(): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal: aborted } = request;
  forgetChanges();
  firstPage = 'coming';
  try {
    const page = await askForRows({ limit: PAGE }, aborted);
    if (aborted.aborted) return;
    batch(() => {
      rows.value = page.rows;
      next.value = page.next;
      waiting.value = [];
      isBehind.value = false;
      failure.value = undefined;
      isLoaded.value = true;
    });
    firstPage = 'there';
  } catch (error) {
    if (aborted.aborted) return;
    failure.value = toFailure(error);
    firstPage = 'failed';
  }
}

export async function loadOlder(): Promise<void> {
  // While the first page is loaded anew, its own cursor is not known.
  if (isLoadingOlder || firstPage !== 'there' || next.value === undefined) return;
  isLoadingOlder = true;
  const { signal: aborted } = request;
  try {
    const page = await askForRows({ limit: PAGE, cursor: next.value }, aborted);
    if (aborted.aborted) return;
    rows.value = appendRows(rows.value, page.rows);
    next.value = page.next;
  } catch (error) {
    if (!aborted.aborted) failure.value = toFailure(error);
  } finally {
    isLoadingOlder = false;
  }
}

/** Shows the calls that wait. */
export function showWaiting(): void {
  if (isBehind.value || waiting.value.length >= MOST_CHANGED) return void load();
  batch(() => {
    rows.value = insertRows(rows.value, waiting.value);
    waiting.value = [];
  });
}

/** No answer of the server has an erased call, so it would stay. */
function drop(key: string): void {
  const isOther = (row: CallRow): boolean => row.key !== key;
  batch(() => {
    rows.value = rows.value.filter(isOther);
    waiting.value = waiting.value.filter(isOther);
  });
  // It may be in the answer that comes.
  if (firstPage === 'coming') void load();
}

effect(() => {
  const call = erased.value;
  if (call) untracked(() => drop(call.key));
});

/** Loads again if the number of dead letters is another than it was: no event says which calls have one. */
export function noteDead(dead: number): void {
  const isNews = knownDead !== undefined && knownDead !== dead;
  knownDead = dead;
  if (!isNews) return;
  // Loaded once the visitor leaves the row, or wants it.
  if (isHeld.value) isBehind.value = true;
  else void load();
}

/** Asks soon which calls the events changed. Without events, for all that may have changed. */
export function noteEvents(events?: readonly StreamEvent[]): void {
  // Without events, it is unknown which rows no longer match.
  if (events === undefined && (rows.value.length === 0 || Object.keys(query?.filters ?? {}).length > 0))
    return void load();
  const since = events ? earliest(events) : beforeLatest();
  if (changedSince === '' || since < changedSince) changedSince = since;
  for (const { key } of events ?? []) changedKeys.add(key);
  timer ??= setTimeout(sync, Math.max(0, askedAtMs + PACE_MS - performance.now()));
}

function earliest(events: readonly StreamEvent[]): string {
  return events.map(({ receivedAt }) => receivedAt).sort()[0] ?? '';
}

function beforeLatest(): string {
  const latest = Math.max(...rows.value.map(({ lastEventAt }) => Date.parse(lastEventAt)));
  return new Date(latest - OVERLAP_MS).toISOString();
}

async function sync(): Promise<void> {
  askedAtMs = performance.now();
  if (firstPage === 'failed') return void load();
  if (firstPage === 'coming') {
    timer = setTimeout(sync, PACE_MS);
    return;
  }
  const keys = changedKeys;
  const since = changedSince;
  const { signal: aborted } = request;
  changedKeys = new Set();
  changedSince = '';
  try {
    const page = await ask({ limit: MOST_CHANGED, changedSince: since }, aborted);
    if (aborted.aborted) return;
    failure.value = undefined;
    if (!isHeld.value && (page.next !== undefined || rows.value.length > LONGEST)) return void load();
    if (page.next !== undefined) isBehind.value = true;
    merge({ rows: page.rows, keys: page.next === undefined ? keys : new Set() });
  } catch (error) {
    if (aborted.aborted) return;
    failure.value = toFailure(error);
    // Ask for the same again, with what comes next.
    changedSince = since;
    for (const key of keys) changedKeys.add(key);
  }
  timer = changedSince === '' ? undefined : setTimeout(sync, PACE_MS);
}

function merge(changes: Parameters<typeof mergeRows>[1]): void {
  const shown = mergeRows(rows.value, changes, focused.value);
  const fresh = rowsToShow(shown.fresh, shown.rows, !hasMore.value);
  const held = mergeRows(waiting.value, { ...changes, rows: fresh });
  batch(() => {
    rows.value = shown.rows;
    waiting.value = insertRows(held.rows, held.fresh).slice(0, MOST_CHANGED);
  });
}

effect(() => {
  if (!isHeld.value && (isBehind.value || waiting.value.length > 0)) showWaiting();
});

function forgetChanges(): void {
  clearTimeout(timer);
  timer = undefined;
  changedKeys = new Set();
  changedSince = '';
}

/** A page may have no rows, although others follow: an inbox examines a bounded number of calls for each. */
async function askForRows(first: Parameters<typeof ask>[0], aborted: AbortSignal): Promise<CallsPage> {
  let page = await ask(first, aborted);
  while (page.rows.length === 0 && page.next !== undefined) page = await ask({ ...first, cursor: page.next }, aborted);
  return page;
}

function ask(
  page: { limit: number; cursor?: string; changedSince?: string },
  aborted: AbortSignal,
): Promise<CallsPage> {
  if (query === undefined) throw new Error('No query.');
  const since = new Date(serverNow() - query.rangeMs).toISOString();
  return get<CallsPage>('calls', { ...query.filters, provider: query.provider, since, ...page }, aborted);
}
