import { type Call, transitionOf } from './call.ts';
import { checkOptions, type OptionRules } from './check-options.ts';
import { CallStatusError } from './errors.ts';
import { type CallStatus, isTerminal } from './event.ts';
import type {
  CallEnd,
  CallQuery,
  CallSummary,
  DeadLetters,
  Failure,
  Inbox,
  InboxCounts,
  InboxHealth,
  Lease,
  Outcome,
  Page,
  Recorded,
  Taken,
  TakeRequest,
  Unrecorded,
} from './inbox.ts';
import { MemoryDeadLetters } from './memory/dead-letters.ts';
import { elapsedBy } from './memory/elapsed.ts';
import { ForgottenIds } from './memory/forgotten-ids.ts';
import { IdleLanes } from './memory/idle-lanes.ts';
import { Job } from './memory/job.ts';
import { Lane } from './memory/lane.ts';
import { LaneMap } from './memory/lane-map.ts';
import { isWithin, newestFirst, QUERIES } from './memory/pages.ts';
import { Schedule } from './memory/schedule.ts';
import type { Clock } from './provider.ts';

/** How much a memory inbox keeps. */
export interface MemoryInboxOptions {
  /**
   * Calls that are kept. Over it the call that was idle for longest is forgotten: ended calls first, then live ones, then those
   * with dead letters. A call with unfinished work is never forgotten; when all calls have some, `record` rejects.
   * @default 100_000
   */
  readonly maxCalls?: number;
  /**
   * For how long an ended call is kept after its last event, in milliseconds; for so long its duplicates are known.
   * A live call is kept for seven times as long. `Infinity`: until there is no room.
   * @default 86_400_000 (24 hours)
   */
  readonly retainFor?: number;
  /**
   * Of how many ended calls, the newest, the events are kept. Of older ones remain the status and the ids of the events:
   * they are listed and counted, and their duplicates, late and conflicting events are known.
   * @default 100
   */
  readonly retainEvents?: number;
  /**
   * The time, for tests. Without it, a change of the system's time neither delays work nor deletes calls.
   * @default Date.now, and a clock that is never set for what waits
   */
  readonly clock?: Clock;
}

/**
 * An inbox in the memory of this process: fast, and gone with the process. What was acknowledged and not handled is lost in a
 * crash; take a durable inbox where that matters.
 *
 * Its memory is bounded: it keeps `maxCalls` calls, and ten times as many events, however they spread over the calls. An event
 * of a call that it has forgotten begins a new call, so its handlers run again.
 *
 * @throws CallStatusError `invalid_options`; and from `record`: `closed` after `close()`, `inbox_unavailable` when it is full of
 * unfinished work
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  checkOptions('options', options, OPTIONS);
  return new MemoryInbox(options);
}

const OPTIONS: OptionRules<MemoryInboxOptions> = {
  maxCalls: { expected: 'a whole number, 1 or more', fits: (value) => isWhole(value) && value >= 1 },
  // At 0 the duplicates of a call would not even be known a moment later.
  retainFor: { expected: 'milliseconds, more than 0', fits: (value) => typeof value === 'number' && value > 0 },
  retainEvents: { expected: 'a whole number, 0 or more', fits: (value) => isWhole(value) && value >= 0 },
  clock: { expected: 'a function such as Date.now', fits: (value) => typeof value === 'function' },
};

const EVENTS_PER_CALL = 10;
/** Each record forgets at most so many calls that are too old: more than one, so that it catches up, and few, so that none is slow. */
const EXPIRED_PER_RECORD = 2;

class MemoryInbox implements Inbox {
  readonly durable = false;
  readonly #deadLetters: MemoryDeadLetters;
  readonly #maxCalls: number;
  readonly #maxEvents: number;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #calls = new LaneMap();
  readonly #schedule: Schedule;
  readonly #idle: IdleLanes;
  readonly #forgotten: ForgottenIds;
  readonly #listeners = new Set<() => void>();
  #events = 0;
  #unfinished = 0;
  #endedCalls = 0;
  #serial = 0;
  #closed = false;

  constructor({ maxCalls = 100_000, retainFor = 86_400_000, retainEvents = 100, clock }: MemoryInboxOptions) {
    this.#maxCalls = maxCalls;
    this.#maxEvents = maxCalls * EVENTS_PER_CALL;
    this.#clock = clock ?? Date.now;
    this.#now = elapsedBy(clock);
    this.#schedule = new Schedule(this.#now);
    this.#idle = new IdleLanes(retainFor, retainEvents);
    this.#forgotten = new ForgottenIds(this.#now());
    this.#deadLetters = new MemoryDeadLetters({
      replayed: (job) => this.#replay(job),
      discarded: (lane) => {
        if (lane.head === undefined) this.#shelve(lane);
      },
    });
  }

  get deadLetters(): DeadLetters {
    return this.#deadLetters;
  }

  async record(event: Unrecorded): Promise<Recorded> {
    if (this.#closed) throw new CallStatusError('closed');
    const { provider, tenant, callId, id, status } = event;
    let lane = this.#calls.get(provider, tenant, callId);
    if (lane?.knows(id)) return { transition: 'duplicate', done: lane.isDone(id) };
    const now = this.#now();
    if (!this.#forgotten.isEmpty && this.#forgotten.has(id, now)) return { transition: 'duplicate', done: true };

    // Off its list it is not forgotten to make room for its own event.
    if (lane !== undefined) this.#idle.remove(lane);
    if (!this.#hasRoom(lane) && !this.#forgetFirst()) {
      if (lane !== undefined && lane.head === undefined) this.#shelve(lane);
      throw new CallStatusError('inbox_unavailable', {
        hint: 'The memory inbox is full of calls with unfinished work.',
      });
    }
    this.#forgetExpired(now);
    if (lane === undefined) {
      lane = new Lane(event, ++this.#serial);
      this.#calls.add(lane);
    }

    const transition = transitionOf(lane.status, status);
    if (transition === 'advance') this.#setStatus(lane, status);
    const job = new Job(lane, { ...event, transition } as Job['event'], ++this.#serial);
    lane.lastReceivedAt = event.receivedAt;
    lane.touchedAt = now;
    lane.add(job.event);
    lane.append(job);
    this.#events++;
    this.#unfinished++;
    if (lane.head === job) this.#queue(lane);
    return { transition, done: false };
  }

  async take(request: TakeRequest): Promise<Taken> {
    return this.#schedule.take(request);
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return leases.filter((lease) => !this.#schedule.renew(lease, leaseMs));
  }

  async begin(lease: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    return this.#schedule.begin(lease, retryInMs);
  }

  async finish(lease: Lease): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'finish');
    if (typeof job === 'string') return job;
    this.#settle(job);
    return 'done';
  }

  async fail(lease: Lease, { retryInMs, error, doneHandlers }: Failure): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'fail');
    if (typeof job === 'string') return job;
    job.failures++;
    job.isSuspect = false;
    job.doneHandlers = doneHandlers;
    if (retryInMs === undefined) {
      this.#deadLetters.add(job, { event: job.event, attempts: job.failures, error, deadAt: this.#clock() });
      this.#settle(job);
    } else {
      job.runAt = this.#schedule.after(retryInMs);
      this.#queue(job.lane);
    }
    return 'done';
  }

  async release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'release');
    if (typeof job === 'string') return job;
    job.runAt = this.#schedule.after(retryInMs);
    this.#queue(job.lane);
    return 'done';
  }

  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async call(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return this.#calls.get(provider, tenant, callId)?.fold();
  }

  async calls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.calls);
    const { provider, state, status, since, until } = query;
    const statuses = status === undefined ? undefined : [status].flat();
    const lanes = this.#calls
      .all()
      .filter(
        (lane) =>
          (provider === undefined || lane.provider === provider) &&
          (state === undefined || isTerminal(lane.status) === (state === 'ended')) &&
          (statuses === undefined || statuses.includes(lane.status)) &&
          isWithin(lane.firstAt, since, until),
      );
    return newestFirst(lanes, query, (lane) => lane.summary());
  }

  async counts(): Promise<InboxCounts> {
    const { running } = this.#schedule.health();
    return {
      live: this.#calls.size - this.#endedCalls,
      ended: this.#endedCalls,
      waiting: this.#unfinished - running,
      running,
      dead: this.#deadLetters.size,
    };
  }

  async health(): Promise<InboxHealth> {
    const { due, lagMs, retrying, running } = this.#schedule.health();
    const blocked = this.#unfinished - due - retrying - running;
    return { due, lagMs, retrying, blocked, running, dead: this.#deadLetters.size };
  }

  async endCall(provider: string, callId: string, { status, tenant }: CallEnd): Promise<boolean> {
    const lane = this.#calls.get(provider, tenant, callId);
    if (lane === undefined || isTerminal(lane.status)) return false;
    const isIdle = lane.head === undefined;
    if (isIdle) this.#idle.remove(lane);
    this.#setStatus(lane, status);
    lane.end = { status, at: new Date(this.#clock()).toISOString() };
    if (isIdle) this.#shelve(lane);
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const lane = this.#calls.get(provider, tenant, callId);
    if (lane === undefined) return false;
    this.#forgotten.add(lane.ids, this.#now());
    for (let job = lane.head; job !== undefined; job = job.next) this.#unfinished--;
    this.#forget(lane);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #setStatus(lane: Lane, status: CallStatus): void {
    lane.status = status;
    if (isTerminal(status)) this.#endedCalls++;
  }

  /** Lets a call's first event be taken, now or when it is time. */
  #queue(lane: Lane): void {
    this.#schedule.add(lane);
    for (const listener of this.#listeners) listener();
  }

  /** The event is done or dead; the call goes on. */
  #settle(job: Job): void {
    const { lane } = job;
    lane.removeHead(job);
    this.#unfinished--;
    if (lane.head === undefined) this.#shelve(lane);
    else this.#queue(lane);
  }

  #replay(job: Job): void {
    const { lane } = job;
    this.#unfinished++;
    job.failures = 0;
    job.interruptions = 0;
    job.runAt = 0;
    if (lane.isTaken) {
      lane.insert(job);
      return;
    }
    if (lane.head === undefined) this.#idle.remove(lane);
    else this.#schedule.remove(lane);
    lane.insert(job);
    this.#queue(lane);
  }

  /** Puts a call without work where it waits to be forgotten. */
  #shelve(lane: Lane): void {
    this.#idle.remove(lane);
    this.#idle.add(lane);
  }

  #hasRoom(lane: Lane | undefined): boolean {
    return this.#events < this.#maxEvents && (lane !== undefined || this.#calls.size < this.#maxCalls);
  }

  #forgetFirst(): boolean {
    const { first } = this.#idle;
    if (first !== undefined) this.#forget(first);
    return first !== undefined;
  }

  #forgetExpired(now: number): void {
    for (let count = 0; count < EXPIRED_PER_RECORD; count++) {
      const lane = this.#idle.firstExpired(now);
      if (lane === undefined) return;
      this.#forget(lane);
    }
  }

  #forget(lane: Lane): void {
    this.#idle.remove(lane);
    this.#schedule.remove(lane);
    this.#calls.remove(lane);
    this.#events -= lane.size;
    if (isTerminal(lane.status)) this.#endedCalls--;
    this.#deadLetters.removeAll(lane);
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
