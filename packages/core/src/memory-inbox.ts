import { type Call, transitionOf } from './call.ts';
import { checkOptions, type OptionRules } from './check-options.ts';
import { CallStatusError } from './errors.ts';
import { isTerminal, withTransition } from './event.ts';
import type {
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterQuery,
  DeadLetters,
  Failure,
  Inbox,
  InboxCounts,
  Lease,
  Page,
  PageQuery,
  Recorded,
  Taken,
  TakeRequest,
  Unrecorded,
  Work,
} from './inbox.ts';
import { Job, Lane } from './memory/lane.ts';
import { LaneMap } from './memory/lane-map.ts';
import { LaneList, LaterQueue, ReadyQueue } from './memory/queues.ts';
import { RunningJobs } from './memory/running.ts';
import type { Clock } from './provider.ts';
import { queryRules } from './query-rules.ts';

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
  /** @default Date.now */
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

/** A cursor is a serial number. */
const QUERIES = queryRules((cursor) => /^[1-9]\d{0,15}$/.test(cursor));

const EVENTS_PER_CALL = 10;
const ROWS_PER_PAGE = 50;
/** Each record forgets at most so many calls that are too old: more than one, so that it catches up, and few, so that none is slow. */
const EXPIRED_PER_RECORD = 2;
/** A live call of which nothing is heard for so many times `retainFor` has ended, and nobody told. */
const SILENCE = 7;

class MemoryInbox implements Inbox {
  readonly durable = false;
  readonly deadLetters: DeadLetters;
  readonly #maxCalls: number;
  readonly #maxEvents: number;
  readonly #retainFor: number;
  readonly #retainEvents: number;
  readonly #clock: Clock;
  readonly #calls = new LaneMap();
  readonly #listeners = new Set<() => void>();
  readonly #dead = new Map<string, Dead>();
  /** Work by the token of its lease. */
  readonly #running = new RunningJobs();
  readonly #ready = new ReadyQueue();
  readonly #later = new LaterQueue();
  /** Idle calls, each list from the one that was idle for longest; calls with unfinished work are in none. */
  readonly #summaries = new LaneList();
  readonly #ended = new LaneList();
  readonly #live = new LaneList();
  readonly #withDead = new LaneList();
  #events = 0;
  #unfinished = 0;
  #endedCalls = 0;
  #serial = 0;
  /** No lease runs out before. */
  #leasesUntil = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor({
    maxCalls = 100_000,
    retainFor = 86_400_000,
    retainEvents = 100,
    clock = Date.now,
  }: MemoryInboxOptions) {
    this.#maxCalls = maxCalls;
    this.#maxEvents = maxCalls * EVENTS_PER_CALL;
    this.#retainFor = retainFor;
    this.#retainEvents = retainEvents;
    this.#clock = clock;
    this.deadLetters = {
      list: async (query) => this.#listDead(query),
      read: async (eventId) => this.#dead.get(eventId)?.letter,
      replay: async (eventId) => this.#replay(this.#dead.get(eventId)),
      replayAll: async (query = {}) => {
        checkOptions('query', query, QUERIES.replayAll);
        const found = [...this.#dead.values()].filter((dead) => isDeadIn(dead.letter, query));
        for (const dead of found) this.#replay(dead);
        return found.length;
      },
      discard: async (eventId) => this.#discard(this.#dead.get(eventId)),
    };
  }

  async record(event: Unrecorded): Promise<Recorded> {
    if (this.#closed) throw new CallStatusError('closed');
    let lane = this.#calls.get(event.provider, event.callId);
    if (lane?.knows(event.id)) return { transition: 'duplicate', done: lane.isDone(event.id) };

    const now = this.#clock();
    // Off its list it is not forgotten to make room for its own event.
    lane?.list?.remove(lane);
    if (!this.#hasRoom(lane) && !this.#forgetOldest()) {
      if (lane !== undefined) this.#shelve(lane);
      throw new CallStatusError('inbox_unavailable', {
        hint: 'The memory inbox is full of calls with unfinished work.',
      });
    }
    this.#forgetExpired(now);
    if (lane === undefined) {
      lane = new Lane(event, ++this.#serial);
      this.#calls.add(lane);
    }

    const transition = transitionOf(lane.status, event.status);
    const recorded = withTransition(event, transition);
    if (transition === 'advance') {
      lane.status = event.status;
      if (isTerminal(event.status)) this.#endedCalls++;
    }
    lane.lastReceivedAt = event.receivedAt;
    lane.touchedAt = now;
    lane.events.push(recorded);
    lane.addId(event.id);
    this.#events++;
    this.#unfinished++;
    lane.append(new Job(lane, recorded, ++this.#serial));
    if (lane.state === 'idle') this.#queue(lane, now);
    return { transition, done: false };
  }

  async take({ limit, leaseMs }: TakeRequest): Promise<Taken> {
    const now = this.#clock();
    if (now >= this.#leasesUntil) this.#endLeases(now);
    for (let lane = this.#later.shiftDue(now); lane !== undefined; lane = this.#later.shiftDue(now)) {
      this.#makeReady(lane);
    }

    const work: Work[] = [];
    while (work.length < limit) {
      const job = this.#ready.shift()?.head;
      if (job === undefined) break;
      job.lane.state = 'running';
      job.attempts++;
      const token = this.#running.add(job, ++this.#serial);
      job.leaseUntil = now + leaseMs;
      this.#leasesUntil = Math.min(this.#leasesUntil, job.leaseUntil);
      const { event, attempts: attempt, doneHandlers } = job;
      work.push({ lease: { eventId: event.id, token }, event, attempt, doneHandlers });
    }
    const nextAt = Math.min(this.#later.nextAt, this.#leasesUntil);
    return Number.isFinite(nextAt) ? { work, nextAt } : { work };
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    const until = this.#clock() + leaseMs;
    this.#leasesUntil = Math.min(this.#leasesUntil, until);
    return leases.filter(({ token }) => {
      const job = this.#running.get(token);
      if (job !== undefined) job.leaseUntil = until;
      return job === undefined;
    });
  }

  async finish({ token }: Lease): Promise<boolean> {
    const job = this.#stopRunning(token);
    if (job !== undefined) this.#settle(job);
    return job !== undefined;
  }

  async fail({ token }: Lease, { retryAt, error, doneHandlers }: Failure): Promise<boolean> {
    const job = this.#stopRunning(token);
    if (job === undefined) return false;
    job.doneHandlers = doneHandlers;
    if (retryAt !== undefined) {
      job.runAt = retryAt;
      this.#queue(job.lane, this.#clock());
      return true;
    }
    const { event, attempts, lane } = job;
    const letter: DeadLetter = { event, attempts, error, deadAt: this.#clock() };
    this.#dead.set(event.id, { job, letter, serial: ++this.#serial });
    lane.dead++;
    this.#settle(job);
    return true;
  }

  async release({ token }: Lease): Promise<boolean> {
    const job = this.#stopRunning(token);
    if (job === undefined) return false;
    job.attempts--;
    this.#queue(job.lane, this.#clock());
    return true;
  }

  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async call(provider: string, callId: string): Promise<Call | undefined> {
    return this.#calls.get(provider, callId)?.fold();
  }

  async calls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.calls);
    const { provider, state, since, until } = query;
    const lanes = this.#calls
      .all()
      .filter(
        (lane) =>
          (provider === undefined || lane.provider === provider) &&
          (state === undefined || isTerminal(lane.status) === (state === 'ended')) &&
          isWithin(lane.firstAt, since, until),
      );
    return newestFirst(lanes, query, (lane) => lane.summary());
  }

  async counts(): Promise<InboxCounts> {
    const running = this.#running.size;
    return {
      live: this.#calls.size - this.#endedCalls,
      ended: this.#endedCalls,
      waiting: this.#unfinished - running,
      running,
      dead: this.#dead.size,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Lets a call's first event be taken, now or when it is time. */
  #queue(lane: Lane, now: number): void {
    if (lane.runAt > now) {
      lane.state = 'later';
      this.#later.push(lane);
    } else this.#makeReady(lane);
    for (const listener of this.#listeners) listener();
  }

  #makeReady(lane: Lane): void {
    lane.state = 'ready';
    this.#ready.push(lane);
  }

  #stopRunning(token: string): Job | undefined {
    const job = this.#running.get(token);
    if (job === undefined) return undefined;
    this.#running.remove(job);
    if (this.#running.size === 0) this.#leasesUntil = Number.POSITIVE_INFINITY;
    return job;
  }

  /** The event is done or dead; the call goes on. */
  #settle(job: Job): void {
    const { lane } = job;
    lane.removeHead(job);
    this.#unfinished--;
    if (lane.head === undefined) this.#shelve(lane);
    else this.#queue(lane, this.#clock());
  }

  #endLeases(now: number): void {
    this.#leasesUntil = Number.POSITIVE_INFINITY;
    for (const job of this.#running) {
      if (job.leaseUntil > now) {
        this.#leasesUntil = Math.min(this.#leasesUntil, job.leaseUntil);
        continue;
      }
      this.#running.remove(job);
      this.#makeReady(job.lane);
    }
  }

  /** Puts a call without work where it waits to be forgotten. */
  #shelve(lane: Lane): void {
    lane.state = 'idle';
    if (lane.dead > 0) this.#withDead.append(lane);
    else if (!isTerminal(lane.status)) this.#live.append(lane);
    else {
      this.#ended.append(lane);
      const { oldest } = this.#ended;
      if (oldest === undefined || this.#ended.size <= this.#retainEvents) return;
      this.#ended.remove(oldest);
      oldest.shorten();
      this.#summaries.append(oldest);
    }
  }

  #hasRoom(lane: Lane | undefined): boolean {
    return this.#events < this.#maxEvents && (lane !== undefined || this.#calls.size < this.#maxCalls);
  }

  #forgetOldest(): boolean {
    const lane = this.#summaries.oldest ?? this.#ended.oldest ?? this.#live.oldest ?? this.#withDead.oldest;
    if (lane !== undefined) this.#forget(lane);
    return lane !== undefined;
  }

  #forgetExpired(now: number): void {
    const isOld = (lane: Lane | undefined, retainFor: number): lane is Lane =>
      lane !== undefined && lane.touchedAt <= now - retainFor;
    for (let count = 0; count < EXPIRED_PER_RECORD; count++) {
      const ended = this.#summaries.oldest ?? this.#ended.oldest;
      const live = this.#live.oldest;
      if (isOld(ended, this.#retainFor)) this.#forget(ended);
      else if (isOld(live, this.#retainFor * SILENCE)) this.#forget(live);
      else return;
    }
  }

  #forget(lane: Lane): void {
    lane.list?.remove(lane);
    this.#calls.remove(lane);
    this.#events -= lane.size;
    if (isTerminal(lane.status)) this.#endedCalls--;
    if (lane.dead > 0) for (const id of lane.ids) this.#dead.delete(id);
  }

  #listDead(query: DeadLetterQuery = {}): Page<DeadLetter> {
    checkOptions('query', query, QUERIES.deadLetters);
    const found = [...this.#dead.values()].filter(({ letter }) => isDeadIn(letter, query));
    return newestFirst(found, query, ({ letter }) => letter);
  }

  #discard(dead: Dead | undefined): boolean {
    if (dead === undefined) return false;
    const { lane, event } = dead.job;
    this.#dead.delete(event.id);
    lane.dead--;
    if (lane.head === undefined) {
      lane.list?.remove(lane);
      this.#shelve(lane);
    }
    return true;
  }

  #replay(dead: Dead | undefined): boolean {
    if (dead === undefined) return false;
    const { job } = dead;
    const { lane } = job;
    this.#dead.delete(job.event.id);
    lane.dead--;
    lane.list?.remove(lane);
    this.#unfinished++;
    job.attempts = 0;
    job.runAt = 0;
    const { state } = lane;
    lane.insert(job);
    if (state === 'idle' || state === 'later') this.#queue(lane, this.#clock());
    return true;
  }
}

interface Dead {
  readonly job: Job;
  readonly letter: DeadLetter;
  readonly serial: number;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isWithin(time: number, since: number | undefined, until: number | undefined): boolean {
  return (since === undefined || time >= since) && (until === undefined || time < until);
}

function isDeadIn({ event, deadAt }: DeadLetter, { provider, since, until }: DeadLetterQuery): boolean {
  return (provider === undefined || event.provider === provider) && isWithin(deadAt, since, until);
}

/** One page of what is sorted by serial number, the cursor being the last number of the page before. */
function newestFirst<Item extends { readonly serial: number }, Row>(
  ascending: readonly Item[],
  { cursor, limit = ROWS_PER_PAGE }: PageQuery,
  toRow: (item: Item) => Row,
): Page<Row> {
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
  const found = ascending.filter(({ serial }) => serial < before).reverse();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const rows = page.map(toRow);
  return last !== undefined && found.length > limit ? { rows, next: String(last.serial) } : { rows };
}
