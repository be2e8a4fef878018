import { type Call, transitionOf } from '../../call.ts';
import { CallStatusError } from '../../errors.ts';
import { type AnyCallStatusEvent, isTerminal } from '../../event.ts';
import { checkOptions } from '../../rules/check-options.ts';
import type { Clock } from '../../timer.ts';
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
import { CALL_BYTES, detached, sizeOf, sizeOfText } from './bytes.ts';
import { CallQueue, QueuedJob } from './call-queue.ts';
import { MemoryDeadLetters, type StoredDeadLetter } from './dead-letters.ts';
import { type Bounds, KeptCalls } from './kept-calls.ts';
import { isWithin, pageOf, QUERIES } from './pages.ts';
import { elapsedBy, Schedule } from './schedule.ts';

const FULL =
  'The memory inbox is full of calls with unfinished jobs: raise maxBytes or maxCalls, or find out why handlers do not finish.';

/** In characters; a short one if there is no room for it. */
const LONGEST_ERROR = 10_000;
const SHORT_ERROR = 200;

/** An inbox in the memory of this process. */
export class MemoryInbox implements Inbox {
  readonly durable = false;
  readonly deadLetters: DeadLetters;
  readonly #deadLetters: MemoryDeadLetters;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #calls: KeptCalls;
  readonly #schedule: Schedule;
  readonly #listeners = new Set<() => void>();
  #unfinished = 0;
  #serial = 0;
  #isClosed = false;

  constructor(bounds: Bounds, clock?: Clock) {
    this.#clock = clock ?? Date.now;
    this.#now = elapsedBy(clock);
    this.#schedule = new Schedule(this.#now);
    this.#calls = new KeptCalls(bounds, this.#now(), (queue) => {
      this.#schedule.remove(queue);
      this.#deadLetters.removeAll(queue);
    });
    this.#deadLetters = new MemoryDeadLetters({
      replayed: (dead) => this.#replay(dead),
      discarded: (dead) => this.#discard(dead),
    });
    this.deadLetters = this.#deadLetters;
  }

  async record(event: NewEvent): Promise<Recorded> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const { provider, tenant, callId, id, status } = event;
    let queue = this.#calls.get(provider, tenant, callId);
    if (queue?.knows(id)) return { transition: 'duplicate', done: queue.isDone(id) };
    const now = this.#now();
    if (this.#calls.wasErased(id, now)) return { transition: 'duplicate', done: true };

    const bytes = sizeOf(event);
    if (!this.#calls.makeRoom(queue, bytes + CALL_BYTES, now)) {
      throw new CallStatusError('inbox_unavailable', { hint: FULL });
    }
    if (queue === undefined) {
      queue = new CallQueue(event, ++this.#serial);
      this.#calls.add(queue);
    }
    const transition = transitionOf(queue.status, status);
    if (transition === 'advance') this.#calls.setStatus(queue, status);
    const job = new QueuedJob(queue, { ...event, transition } as AnyCallStatusEvent, ++this.#serial);
    queue.touchedAt = now;
    queue.add(job);
    this.#calls.addEvent(queue, bytes);
    this.#unfinished++;
    if (queue.head === job) this.#scheduleNext(queue);
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
    this.#goOn(job);
    return 'done';
  }

  async fail(lease: Lease, { retryInMs, error, doneHandlers }: Failure): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'fail');
    if (typeof job === 'string') return job;
    job.failures++;
    job.isSuspect = false;
    job.doneHandlers = doneHandlers;
    if (retryInMs === undefined) this.#moveToDeadLetters(job, error);
    else this.#scheduleAgain(job, retryInMs);
    return 'done';
  }

  async release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'release');
    if (typeof job === 'string') return job;
    this.#scheduleAgain(job, retryInMs);
    return 'done';
  }

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return this.#calls.get(provider, tenant, callId)?.toCall();
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.listCalls);
    const { provider, state, status } = query;
    const range = timeRange(query);
    const statuses = status === undefined ? undefined : [status].flat();
    const matches = (queue: CallQueue): boolean =>
      (provider === undefined || queue.provider === provider) &&
      (state === undefined || isTerminal(queue.status) === (state === 'ended')) &&
      (statuses === undefined || statuses.includes(queue.status)) &&
      isWithin(queue.firstEventAt, range);
    return pageOf(this.#calls.newestFirst(), query, matches, (queue) => queue.toSummary());
  }

  async counts(): Promise<InboxCounts> {
    const { live, ended } = this.#calls;
    const { running } = this.#schedule.health();
    return { live, ended, waiting: this.#unfinished - running, running, dead: this.#deadLetters.size };
  }

  async health(): Promise<InboxHealth> {
    const { due, lagMs, retrying, running } = this.#schedule.health();
    const blocked = this.#unfinished - due - retrying - running;
    return { due, lagMs, retrying, blocked, running, dead: this.#deadLetters.size };
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { status, tenant } = end;
    const queue = this.#calls.get(provider, tenant, callId);
    if (queue === undefined || isTerminal(queue.status)) return false;
    this.#calls.setStatus(queue, status);
    queue.end = { status, at: this.#wallTime() };
    if (queue.head === undefined) this.#calls.markIdle(queue);
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const queue = this.#calls.get(provider, tenant, callId);
    if (queue === undefined) return false;
    for (let job = queue.head; job !== undefined; job = job.next) this.#unfinished--;
    this.#calls.erase(queue, this.#now());
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Makes a call's first job available, now or when it is due. */
  #scheduleNext(queue: CallQueue): void {
    this.#schedule.add(queue);
    for (const listener of this.#listeners) listener();
  }

  #scheduleAgain(job: QueuedJob, retryInMs: number): void {
    job.dueAt = this.#schedule.after(retryInMs);
    this.#scheduleNext(job.queue);
  }

  /** The event is handled or a dead letter: the next event of its call follows. */
  #goOn(job: QueuedJob): void {
    const { queue } = job;
    queue.removeHead(job);
    this.#unfinished--;
    if (queue.head === undefined) this.#calls.markIdle(queue);
    else this.#scheduleNext(queue);
  }

  #moveToDeadLetters(job: QueuedJob, text: string): void {
    const longest = sizeOfText(text) <= this.#calls.room ? LONGEST_ERROR : SHORT_ERROR;
    const error = detached(text.slice(0, longest));
    this.#deadLetters.add(job, { event: job.event, attempts: job.failures, error, deadAt: this.#wallTime() });
    this.#calls.addBytes(job.queue, sizeOfText(error));
    this.#goOn(job);
  }

  #discard({ job: { queue }, letter }: StoredDeadLetter): void {
    this.#calls.addBytes(queue, -sizeOfText(letter.error));
    if (queue.head === undefined) this.#calls.markIdle(queue);
  }

  #replay({ job, letter }: StoredDeadLetter): void {
    const { queue } = job;
    this.#calls.addBytes(queue, -sizeOfText(letter.error));
    this.#unfinished++;
    job.failures = 0;
    job.interruptions = 0;
    job.dueAt = 0;
    if (queue.isTaken) {
      queue.insert(job);
      return;
    }
    if (queue.head === undefined) this.#calls.markBusy(queue);
    else this.#schedule.remove(queue);
    queue.insert(job);
    this.#scheduleNext(queue);
  }

  #wallTime(): string {
    return new Date(this.#clock()).toISOString();
  }
}
