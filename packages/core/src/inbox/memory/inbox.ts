import { type Call, transitionOf } from '../../call.ts';
import { CallStatusError } from '../../errors.ts';
import { isTerminal } from '../../event.ts';
import { checkOptions } from '../../options/check-options.ts';
import type { Clock } from '../../provider/define-provider.ts';
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
  NewEvent,
  Outcome,
  Page,
  Recorded,
  Taken,
  TakeRequest,
} from '../inbox.ts';
import { timeRange } from '../query-rules.ts';
import { CallQueue } from './call-queue.ts';
import { MemoryDeadLetters, type StoredDeadLetter } from './dead-letters.ts';
import { elapsedBy } from './elapsed.ts';
import { type Bounds, KeptCalls } from './kept-calls.ts';
import { isWithin, pageOf, QUERIES } from './pages.ts';
import { QueuedJob } from './queued-job.ts';
import { Schedule } from './schedule.ts';
import { CALL_BYTES, detached, sizeOf, sizeOfText } from './size.ts';

/** In characters; where there is no room for it, a short one. */
const LONGEST_ERROR = 10_000;
const SHORT_ERROR = 200;

/** An inbox in the memory of this process. */
export class MemoryInbox implements Inbox {
  readonly durable = false;
  readonly #deadLetters: MemoryDeadLetters;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #calls: KeptCalls;
  readonly #schedule: Schedule;
  readonly #listeners = new Set<() => void>();
  #unfinished = 0;
  #serial = 0;
  #closed = false;

  constructor(bounds: Bounds, clock?: Clock) {
    this.#clock = clock ?? Date.now;
    this.#now = elapsedBy(clock);
    this.#schedule = new Schedule(this.#now);
    this.#calls = new KeptCalls(bounds, this.#now(), (lane) => {
      this.#schedule.remove(lane);
      this.#deadLetters.removeAll(lane);
    });
    this.#deadLetters = new MemoryDeadLetters({
      replayed: (dead) => this.#replay(dead),
      discarded: (dead) => {
        this.#freeError(dead);
        if (dead.job.lane.head === undefined) this.#calls.shelve(dead.job.lane);
      },
    });
  }

  get deadLetters(): DeadLetters {
    return this.#deadLetters;
  }

  async record(event: NewEvent): Promise<Recorded> {
    if (this.#closed) throw new CallStatusError('closed');
    const { provider, tenant, callId, id, status } = event;
    let lane = this.#calls.get(provider, tenant, callId);
    if (lane?.knows(id)) return { transition: 'duplicate', done: lane.isDone(id) };
    const now = this.#now();
    if (this.#calls.wasErased(id, now)) return { transition: 'duplicate', done: true };

    const bytes = sizeOf(event);
    if (!this.#calls.makeRoom(lane, bytes + CALL_BYTES, now))
      throw new CallStatusError('inbox_unavailable', { hint: FULL });
    if (lane === undefined) {
      lane = new CallQueue(event, ++this.#serial);
      this.#calls.add(lane);
    }
    const transition = transitionOf(lane.status, status);
    if (transition === 'advance') this.#calls.setStatus(lane, status);
    const job = new QueuedJob(lane, { ...event, transition } as QueuedJob['event'], ++this.#serial);
    lane.touchedAt = now;
    lane.add(job.event);
    lane.append(job);
    this.#calls.addEvent(lane, bytes);
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
      this.#bury(job, error);
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

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return this.#calls.get(provider, tenant, callId)?.fold();
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.listCalls);
    const { provider, state, status } = query;
    const range = timeRange(query);
    const statuses = status === undefined ? undefined : [status].flat();
    const matches = (lane: CallQueue): boolean =>
      (provider === undefined || lane.provider === provider) &&
      (state === undefined || isTerminal(lane.status) === (state === 'ended')) &&
      (statuses === undefined || statuses.includes(lane.status)) &&
      isWithin(lane.firstEventAt, range);
    return pageOf(this.#calls.newestFirst(), query, matches, (lane) => lane.summary());
  }

  async counts(): Promise<InboxCounts> {
    const { running } = this.#schedule.health();
    return {
      live: this.#calls.live,
      ended: this.#calls.ended,
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

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { status, tenant } = end;
    const lane = this.#calls.get(provider, tenant, callId);
    if (lane === undefined || isTerminal(lane.status)) return false;
    this.#calls.setStatus(lane, status);
    lane.end = { status, at: new Date(this.#clock()).toISOString() };
    if (lane.head === undefined) this.#calls.shelve(lane);
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const lane = this.#calls.get(provider, tenant, callId);
    if (lane === undefined) return false;
    for (let job = lane.head; job !== undefined; job = job.next) this.#unfinished--;
    this.#calls.erase(lane, this.#now());
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Lets a call's first event be taken, now or when it is time. */
  #queue(lane: CallQueue): void {
    this.#schedule.add(lane);
    for (const listener of this.#listeners) listener();
  }

  /** The event is done or dead; the call goes on. */
  #settle(job: QueuedJob): void {
    const { lane } = job;
    lane.removeHead(job);
    this.#unfinished--;
    if (lane.head === undefined) this.#calls.shelve(lane);
    else this.#queue(lane);
  }

  #bury(job: QueuedJob, text: string): void {
    const longest = sizeOfText(text) <= this.#calls.room ? LONGEST_ERROR : SHORT_ERROR;
    const error = detached(text.slice(0, longest));
    const deadAt = new Date(this.#clock()).toISOString();
    this.#deadLetters.add(job, { event: job.event, attempts: job.failures, error, deadAt });
    this.#calls.grow(job.lane, sizeOfText(error));
    this.#settle(job);
  }

  #freeError({ job, letter }: StoredDeadLetter): void {
    this.#calls.grow(job.lane, -sizeOfText(letter.error));
  }

  #replay(dead: StoredDeadLetter): void {
    const { job } = dead;
    const { lane } = job;
    this.#freeError(dead);
    this.#unfinished++;
    job.failures = 0;
    job.interruptions = 0;
    job.runAt = 0;
    if (lane.isTaken) {
      lane.insert(job);
      return;
    }
    if (lane.head === undefined) this.#calls.unshelve(lane);
    else this.#schedule.remove(lane);
    lane.insert(job);
    this.#queue(lane);
  }
}

const FULL =
  'The memory inbox is full of calls with unfinished work: raise maxBytes or maxCalls, or see why handlers do not finish.';
