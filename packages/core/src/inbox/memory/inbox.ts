import { type Call, transitionOf } from '../../call.ts';
import { CallStatusError } from '../../errors.ts';
import { type AnyCallStatusEvent, isTerminal } from '../../event.ts';
import { checkOptions } from '../../rules/check-options.ts';
import type { Clock } from '../../timer.ts';
import type { FeedPage, FeedQuery } from '../feed.ts';
import type { WorkerReport } from '../health.ts';
import type {
  CallEnd,
  CallQuery,
  CallSummary,
  EventKey,
  Failure,
  Inbox,
  InboxCounts,
  InboxHealth,
  Lease,
  NewEvent,
  Outcome,
  Page,
  Recorded,
  RecordOptions,
  Taken,
  TakeRequest,
} from '../inbox.ts';
import type { MovedCall } from '../moving/moved-call.ts';
import { isoOf } from '../rows/stored.ts';
import type { StatsQuery, StatsRow } from '../stats.ts';
import { CALL_BYTES, sizeOf, sizeOfText } from './bytes.ts';
import { CallQueue, QueuedJob } from './call-queue.ts';
import { type Bounds, KeptCalls } from './calls/kept-calls.ts';
import { MemoryDeadLetters } from './dead-letters.ts';
import { ageOf, exportedCall, importCall, sizeOfEvents } from './moving.ts';
import { readFeed } from './reading/feed.ts';
import { healthOf } from './reading/health.ts';
import { listCalls } from './reading/list-calls.ts';
import { QUERIES } from './reading/pages.ts';
import { readStats } from './reading/stats.ts';
import { MemoryRefusals } from './refusals.ts';
import { elapsedBy, Schedule } from './schedule.ts';
import { MemoryWatches } from './watches.ts';
import { Work } from './work.ts';
import { Workers } from './workers.ts';

const FULL =
  'The memory inbox is full of calls with unfinished jobs: raise maxBytes or maxCalls, or find out why handlers do not finish.';

/** An inbox in the memory of this process. */
export class MemoryInbox implements Inbox {
  readonly durable = false;
  readonly shared = false;
  readonly deadLetters: MemoryDeadLetters;
  readonly refusals: MemoryRefusals;
  readonly watches: MemoryWatches;
  readonly #workers = new Workers();
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #calls: KeptCalls;
  readonly #schedule: Schedule;
  readonly #work: Work;
  #serial = 0;
  #isClosed = false;

  constructor(bounds: Bounds, clock?: Clock) {
    this.#clock = clock ?? Date.now;
    this.#now = elapsedBy(clock);
    this.#schedule = new Schedule(this.#now);
    this.refusals = new MemoryRefusals(() => this.#calls.room >= 0);
    this.#calls = new KeptCalls(bounds, this.#now(), this.refusals, (queue) => {
      this.#schedule.remove(queue);
      this.deadLetters.removeAll(queue);
      this.watches.forget(queue);
    });
    const { retentionMs } = bounds;
    this.watches = new MemoryWatches({ calls: this.#calls, clock: this.#clock, now: this.#now, retentionMs });
    this.#work = new Work(this.#calls, this.#schedule);
    this.deadLetters = new MemoryDeadLetters(this.#calls, (job) => this.#work.replay(job));
  }

  async record(event: NewEvent, { trace }: RecordOptions = {}): Promise<Recorded> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const { provider, tenant, callId, id, status } = event;
    let queue = this.#calls.get(provider, tenant, callId);
    if (queue?.knows(id)) return { transition: 'duplicate', done: queue.isDone(id) };
    const now = this.#now();
    if (this.#calls.wasErased(id, now)) return { transition: 'duplicate', done: true };

    const bytes = sizeOf(event) + (trace === undefined ? 0 : sizeOfText(trace));
    this.#makeRoom(queue, bytes, now);
    if (queue === undefined) {
      queue = new CallQueue(event, ++this.#serial);
      this.#calls.add(queue);
    }
    const transition = transitionOf(queue.status, status);
    if (transition === 'advance') this.#calls.setStatus(queue, status);
    const stored = { ...event, transition } as AnyCallStatusEvent;
    const recorded = this.#calls.addEvent(queue, stored, ++this.#serial, bytes);
    queue.touchedAt = now;
    queue.addEvent(recorded);
    this.#work.add(queue, new QueuedJob(queue, recorded, trace));
    return { transition, done: false };
  }

  async handled(events: readonly EventKey[]): Promise<readonly string[]> {
    return events.filter((event) => this.#calls.isHandled(event)).map(({ id }) => id);
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
    this.#work.end(job);
    return 'done';
  }

  async fail(lease: Lease, { retryInMs, error, handler, doneHandlers }: Failure): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'fail');
    if (typeof job === 'string') return job;
    job.failures++;
    job.isSuspect = false;
    job.doneHandlers = doneHandlers;
    if (retryInMs !== undefined) this.#work.retry(job, retryInMs);
    else {
      this.deadLetters.add(job, { error, handler, deadAt: isoOf(this.#clock()) });
      this.#work.end(job);
    }
    return 'done';
  }

  async release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    const job = this.#schedule.end(lease, 'release');
    if (typeof job === 'string') return job;
    this.#work.retry(job, retryInMs);
    return 'done';
  }

  async reportWorker(report: WorkerReport): Promise<void> {
    this.#workers.report(report, isoOf(this.#clock()), this.#now());
  }

  async removeWorker(owner: string): Promise<void> {
    this.#workers.remove(owner);
  }

  onJobs(listener: () => void): () => void {
    return this.#work.onJobs(listener);
  }

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return this.#calls.get(provider, tenant, callId)?.toCall();
  }

  listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    return listCalls(this.#calls, query, this.#now());
  }

  async events(query: FeedQuery = {}): Promise<FeedPage> {
    return readFeed(this.#calls, query, this.#serial);
  }

  stats(query: StatsQuery): Promise<readonly StatsRow[]> {
    return readStats(this.#calls, query, this.#clock());
  }

  async counts(): Promise<InboxCounts> {
    const { live, ended } = this.#calls;
    const { running } = this.#schedule.health();
    return { live, ended, waiting: this.#work.unfinished - running, running, dead: this.deadLetters.size };
  }

  async health(): Promise<InboxHealth> {
    const now = this.#now();
    const parts = { calls: this.#calls, unfinished: this.#work.unfinished, wall: this.#clock(), now };
    return {
      ...healthOf({ ...parts, schedule: this.#schedule.health() }),
      dead: this.deadLetters.size,
      refused: this.refusals.health(this.#clock()),
      watches: this.watches.health(),
      workers: this.#workers.health(now),
    };
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { status, tenant } = end;
    const queue = this.#calls.get(provider, tenant, callId);
    if (queue === undefined || isTerminal(queue.status)) return false;
    this.#calls.setStatus(queue, status);
    queue.end = { status, at: isoOf(this.#clock()) };
    if (queue.head === undefined) this.#calls.markIdle(queue);
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const queue = this.#calls.get(provider, tenant, callId);
    const wasWatched = this.watches.forget({ provider, tenant, callId });
    if (queue === undefined) return wasWatched;
    this.#work.removeAll(queue);
    this.#calls.erase(queue, this.#now());
    this.refusals.removeAbout(callId);
    return true;
  }

  async exportCall(provider: string, callId: string, tenant?: string): Promise<MovedCall | undefined> {
    const queue = this.#calls.get(provider, tenant, callId);
    return queue && exportedCall(queue, this.deadLetters, this.#now());
  }

  async importCall(call: MovedCall): Promise<boolean> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const { provider, tenant, callId, events } = call;
    if (this.#calls.get(provider, tenant, callId) !== undefined) return false;
    const now = this.#now();
    this.#makeRoom(undefined, sizeOfEvents(events), now);
    const parts = { calls: this.#calls, schedule: this.#schedule, deadLetters: this.deadLetters };
    const target = { ...parts, serial: () => ++this.#serial };
    this.#work.addAll(importCall(call, target, now - ageOf(events, this.#clock())));
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #makeRoom(queue: CallQueue | undefined, bytes: number, now: number): void {
    if (this.#calls.makeRoom(queue, bytes + CALL_BYTES, now)) return;
    throw new CallStatusError('inbox_unavailable', { hint: FULL });
  }
}
