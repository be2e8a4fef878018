import { type ApplicationEnd, type Call, foldCall } from '../../call.ts';
import type { AnyCallStatusEvent, CallStatus } from '../../event.ts';
import type { NewEvent } from '../inbox.ts';
import type { CallRow } from '../rows/call-columns.ts';
import { rowOfCall } from '../rows/row-of-call.ts';
import { CALL_BYTES, detached } from './bytes.ts';
import type { Entry } from './calls/serial-log.ts';
import { Node } from './linked-list.ts';

const NO_HANDLERS: readonly string[] = [];

/** An event in the order of recording. */
export type RecordedEvent = Entry<AnyCallStatusEvent>;

/** An event that is not yet handled, or a dead letter. */
export class QueuedJob {
  readonly queue: CallQueue;
  readonly event: AnyCallStatusEvent;
  readonly serial: number;
  /** As given to `record`. */
  readonly trace: string | undefined;
  /** Attempts that failed. */
  failures = 0;
  /** Takes that ended without a result after `begin`. */
  interruptions = 0;
  isSuspect = false;
  doneHandlers: readonly string[] = NO_HANDLERS;
  /** The earliest time to take it. */
  dueAt = 0;
  /** The token of its last take, until that has a result or another take follows. */
  token = '';
  leaseUntil = 0;
  /** The number of its last take. */
  fence = 0;
  /** The pause after an interruption, once its handlers began. */
  interruptedForMs: number | undefined;
  next: QueuedJob | undefined;

  constructor(queue: CallQueue, { item: event, serial }: RecordedEvent, trace: string | undefined) {
    this.queue = queue;
    this.event = event;
    this.serial = serial;
    this.trace = trace;
  }
}

/** One call: its events, and its jobs in the order of recording. */
export class CallQueue {
  readonly provider: string;
  readonly tenant: string | undefined;
  readonly callId: string;
  readonly serial: number;
  readonly firstEventAt: string;
  status: CallStatus = 'unknown';
  /** How the application ended it, if it did. */
  end: ApplicationEnd | undefined;
  readonly #events = new Map<string, RecordedEvent>();
  /** How much memory it takes. */
  bytes: number = CALL_BYTES;
  /** When its last event was recorded, in elapsed milliseconds. */
  touchedAt = 0;
  /** How many of its events are dead letters. */
  dead = 0;
  head: QueuedJob | undefined;
  tail: QueuedJob | undefined;
  /** What its first job waits for: a worker, its time, or its result. */
  state: 'idle' | 'due' | 'later' | 'running' = 'idle';
  /** Since when its first job has been due. */
  dueSince = 0;
  /** Its position in the order in which calls became due. */
  dueOrder = 0;
  /** Its place among the live calls of its provider. */
  readonly inLive: Node<CallQueue> = new Node<CallQueue>(this);
  /** Its place among all calls. */
  inOrder: Entry<CallQueue> | undefined;
  /** Its place among the calls in the same state. */
  readonly inState: Node<CallQueue> = new Node<CallQueue>(this);

  constructor({ provider, tenant, callId, receivedAt }: NewEvent, serial: number) {
    this.provider = provider;
    this.tenant = tenant;
    this.callId = detached(callId);
    this.serial = serial;
    this.firstEventAt = receivedAt;
  }

  /** When its first job is due. Only for calls that have a job. */
  get dueAt(): number {
    return (this.head as QueuedJob).dueAt;
  }

  /** Whether a worker has its first job, or had it last and may still report a result. */
  get isTaken(): boolean {
    return this.head !== undefined && this.head.token !== '';
  }

  get eventIds(): Iterable<string> {
    return this.#events.keys();
  }

  get events(): Iterable<RecordedEvent> {
    return this.#events.values();
  }

  knows(eventId: string): boolean {
    return this.#events.has(eventId);
  }

  /** Whether a known event is handled or a dead letter. */
  isDone(eventId: string): boolean {
    for (let job = this.head; job !== undefined; job = job.next) if (job.event.id === eventId) return false;
    return true;
  }

  addEvent(recorded: RecordedEvent): void {
    this.#events.set(recorded.item.id, recorded);
  }

  addJob(job: QueuedJob): void {
    if (this.tail === undefined) this.head = job;
    else this.tail.next = job;
    this.tail = job;
  }

  /** Puts a job back in its place: after those recorded before it, and after the one that a worker may still have. */
  insert(job: QueuedJob): void {
    let before = this.isTaken ? this.head : undefined;
    let after = before === undefined ? this.head : before.next;
    while (after !== undefined && after.serial < job.serial) {
      before = after;
      after = after.next;
    }
    job.next = after;
    if (before === undefined) this.head = job;
    else before.next = job;
    if (after === undefined) this.tail = job;
  }

  removeHead(job: QueuedJob): void {
    this.head = job.next;
    if (job.next === undefined) this.tail = undefined;
    job.next = undefined;
  }

  toCall(): Call {
    const events = Array.from(this.#events.values(), ({ item }) => item);
    return foldCall(events, this.end);
  }

  toRow(): CallRow {
    const events = Array.from(this.#events.values(), ({ item }) => item);
    return { ...rowOfCall(events, this.end), has_dead_letter: this.dead > 0 };
  }
}
