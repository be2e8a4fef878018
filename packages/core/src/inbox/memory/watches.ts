import { CallStatusError } from '../../errors.ts';
import { isTerminal } from '../../event.ts';
import { checkOptions } from '../../rules/check-options.ts';
import type { Clock } from '../../timer.ts';
import type { WatchHealth } from '../health.ts';
import type { Page } from '../inbox.ts';
import { isoOf } from '../rows/stored.ts';
import { checkSpan, isInState, NO_PROGRESS, type WatchFacts, watchMarks } from '../rows/watch-row.ts';
import type {
  DueWatches,
  NewWatch,
  Watch,
  WatchedCall,
  Watches,
  WatchKey,
  WatchProgress,
  WatchQuery,
  WatchUpdate,
} from '../watches.ts';
import { sizeOfWatch } from './bytes.ts';
import { type KeptCalls, SILENCE } from './calls/kept-calls.ts';
import { type Entry, SerialLog } from './calls/serial-log.ts';
import { pageOf, QUERIES } from './reading/pages.ts';

/** As many as calls by default. */
const MOST_WATCHES = 100_000;
const MOST_COUNTED = 1000;
/** How many old watches each use examines at most. */
const OLD_PER_USE = 8;

const FULL = 'The memory inbox is full of watched calls or unfinished jobs: raise maxBytes, or use a durable inbox.';

interface KeptWatch {
  readonly call: WatchedCall;
  readonly since: string;
  readonly expected: NewWatch['expected'];
  progress: WatchProgress;
  revision: number;
  /** Since when it is watched, in elapsed milliseconds. */
  readonly addedAt: number;
  /** When its next check is due, in elapsed milliseconds. */
  dueAt: number;
  bytes: number;
}

/** What the watched calls share with their inbox. */
export interface WatchParts {
  readonly calls: KeptCalls;
  readonly clock: Clock;
  /** Elapsed milliseconds. */
  readonly now: () => number;
  readonly retentionMs: number;
}

/** The watched calls of a memory inbox. */
export class MemoryWatches implements Watches {
  readonly #parts: WatchParts;
  readonly #inOrder = new SerialLog<KeptWatch>();
  readonly #byCall = new Map<string, Entry<KeptWatch>>();
  /** In the order of their checks. */
  readonly #byDue: KeptWatch[] = [];
  /** Those with a notice. */
  readonly #told = new Set<KeptWatch>();
  #serial = 0;
  /** The place of the last old watch that was examined: those that stay must not keep the others from being found. */
  #examined = 0;
  #leader = { owner: '', until: Number.NEGATIVE_INFINITY };

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  async add(watches: readonly NewWatch[]): Promise<number> {
    this.#removeExpired();
    const { size } = this.#inOrder;
    for (const watch of watches) if (!this.#byCall.has(keyOf(watch))) this.#add(watch);
    return this.#inOrder.size - size;
  }

  async get(call: WatchedCall): Promise<Watch | undefined> {
    const entry = this.#byCall.get(keyOf(call));
    return entry && this.#watchOf(entry.item);
  }

  async list(query: WatchQuery = {}): Promise<Page<Watch>> {
    checkOptions('query', query, QUERIES.watches);
    const { provider, state } = query;
    const matches = (watch: KeptWatch): boolean =>
      (provider === undefined || watch.call.provider === provider) &&
      (state === undefined || isInState(this.#factsOf(watch), state));
    return pageOf(this.#inOrder, query, matches, (watch) => this.#watchOf(watch));
  }

  async due({ limit }: { readonly limit: number }): Promise<DueWatches> {
    this.#removeExpired();
    const now = this.#parts.now();
    const due = this.#byDue.slice(0, Math.min(limit, this.#placeOf(now)));
    const next = this.#byDue[due.length];
    return {
      rows: due.map((watch) => this.#watchOf(watch)),
      ...(next && { nextInMs: Math.max(0, next.dueAt - now) }),
    };
  }

  async update(key: WatchKey, { dueInMs, progress }: WatchUpdate): Promise<boolean> {
    const watch = this.#find(key)?.item;
    if (watch === undefined) return false;
    this.#leave(watch);
    watch.progress = structuredClone(progress);
    watch.dueAt = this.#parts.now() + checkSpan(dueInMs);
    this.#enter(watch);
    return true;
  }

  async remove(key: WatchKey): Promise<boolean> {
    return this.#remove(this.#find(key));
  }

  async lead(owner: string, leaseMs: number): Promise<boolean> {
    const now = this.#parts.now();
    if (this.#leader.owner !== owner && this.#leader.until > now) return false;
    this.#leader = { owner, until: now + leaseMs };
    return leaseMs > 0;
  }

  /** Removes the watch of a call that is removed. Returns `false` if there is none. */
  forget(call: CallKey): boolean {
    return this.#remove(this.#byCall.get(keyOf(call)));
  }

  health(): WatchHealth {
    const told = [...this.#told].slice(0, MOST_COUNTED).map((watch) => this.#factsOf(watch));
    const count = (state: keyof WatchHealth): number => told.filter((facts) => isInState(facts, state)).length;
    return { missing: count('missing'), stuck: count('stuck'), failed: count('failed') };
  }

  #add({ provider, tenant, callId, dueInMs, ...given }: NewWatch): void {
    const { clock, now, calls } = this.#parts;
    const { expected, since = isoOf(clock()), progress = NO_PROGRESS } = structuredClone(given);
    const watch: KeptWatch = {
      call: { provider, ...(tenant !== undefined && { tenant }), callId },
      since,
      expected,
      progress,
      revision: 0,
      addedAt: now() - Math.max(0, clock() - Date.parse(since)),
      dueAt: now() + checkSpan(dueInMs),
      bytes: 0,
    };
    if (this.#inOrder.size >= MOST_WATCHES || !calls.makeRoomForWatch(sizeOfWatch(watch))) {
      throw new CallStatusError('inbox_full', { hint: FULL });
    }
    this.#enter(watch);
    this.#byCall.set(keyOf(watch.call), this.#inOrder.append(watch, watch.revision));
  }

  #find(key: WatchKey): Entry<KeptWatch> | undefined {
    const entry = this.#byCall.get(keyOf(key));
    return entry?.item.revision === key.revision ? entry : undefined;
  }

  #remove(entry: Entry<KeptWatch> | undefined): boolean {
    if (entry === undefined) return false;
    const watch = entry.item;
    this.#byCall.delete(keyOf(watch.call));
    this.#inOrder.remove(entry);
    this.#leave(watch);
    return true;
  }

  /** Takes its place in the order of checks, as a new revision. */
  #enter(watch: KeptWatch): void {
    watch.revision = ++this.#serial;
    watch.bytes = sizeOfWatch(watch);
    this.#parts.calls.watchBytes += watch.bytes;
    this.#byDue.splice(this.#placeOf(watch.dueAt, watch.revision), 0, watch);
    if (watchMarks(watch.progress).told) this.#told.add(watch);
  }

  #leave(watch: KeptWatch): void {
    this.#parts.calls.watchBytes -= watch.bytes;
    this.#byDue.splice(this.#placeOf(watch.dueAt, watch.revision) - 1, 1);
    this.#told.delete(watch);
  }

  /** How many watches are due until then. Of those that are due at the same time, the one with the lower revision comes first. */
  #placeOf(dueAt: number, revision: number = Number.POSITIVE_INFINITY): number {
    let low = 0;
    let high = this.#byDue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const watch = this.#byDue[middle] as KeptWatch;
      if (watch.dueAt < dueAt || (watch.dueAt === dueAt && watch.revision <= revision)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes watches without a call that are older than any call is kept: a few at a time, from the oldest on, again and again. */
  #removeExpired(): void {
    const { now, retentionMs } = this.#parts;
    const addedBefore = now() - SILENCE * retentionMs;
    const next = this.#inOrder.after(this.#examined, OLD_PER_USE);
    const old = next.filter(({ item }) => item.addedAt <= addedBefore);
    this.#examined = old.length < OLD_PER_USE ? 0 : (old.at(-1) as Entry<KeptWatch>).serial;
    for (const entry of old) if (this.#callOf(entry.item.call) === undefined) this.#remove(entry);
  }

  #callOf({ provider, tenant, callId }: WatchedCall): ReturnType<KeptCalls['get']> {
    return this.#parts.calls.get(provider, tenant, callId);
  }

  #factsOf({ call, expected, progress }: KeptWatch): WatchFacts {
    const queue = this.#callOf(call);
    const facts = { progress, ...(expected && { expected }) };
    return { ...facts, ...(queue && { call: { terminal: isTerminal(queue.status) } }) };
  }

  #watchOf({ call, since, expected, progress, revision, dueAt }: KeptWatch): Watch {
    const { clock, now } = this.#parts;
    const row = this.#callOf(call)?.toRow();
    const state = row && {
      status: row.status,
      terminal: isTerminal(row.status),
      lastEventAt: isoOf(row.last_event_at),
    };
    return {
      ...call,
      revision,
      since,
      dueAt: isoOf(clock() + dueAt - now()),
      ...(expected && { expected }),
      ...(state && { call: state }),
      progress,
    };
  }
}

type CallKey = Pick<WatchedCall, 'provider' | 'callId'> & { readonly tenant?: string | undefined };

function keyOf({ provider, tenant = '', callId }: CallKey): string {
  return JSON.stringify([provider, tenant, callId]);
}
