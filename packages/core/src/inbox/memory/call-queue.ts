import { type ApplicationEnd, type Call, foldCall } from '../../call.ts';
import { type AnyCallStatusEvent, type CallStatus, isTerminal } from '../../event.ts';
import type { CallSummary, NewEvent } from '../inbox.ts';
import { CALL_BYTES, detached } from './bytes.ts';
import { Node } from './linked-list.ts';

const NO_HANDLERS: readonly string[] = [];

/** An event that is not yet handled, or a dead letter. */
export class QueuedJob {
  readonly queue: CallQueue;
  readonly event: AnyCallStatusEvent;
  readonly serial: number;
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
  /** The pause after an interruption, once its handlers began. */
  interruptedForMs: number | undefined;
  next: QueuedJob | undefined;

  constructor(queue: CallQueue, event: AnyCallStatusEvent, serial: number) {
    this.queue = queue;
    this.event = event;
    this.serial = serial;
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
  readonly #events = new Map<string, AnyCallStatusEvent>();
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
  /** Its place among all calls. */
  readonly inOrder: Node<CallQueue> = new Node<CallQueue>(this);
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

  get eventCount(): number {
    return this.#events.size;
  }

  get eventIds(): Iterable<string> {
    return this.#events.keys();
  }

  knows(eventId: string): boolean {
    return this.#events.has(eventId);
  }

  /** Whether a known event is handled or a dead letter. */
  isDone(eventId: string): boolean {
    for (let job = this.head; job !== undefined; job = job.next) if (job.event.id === eventId) return false;
    return true;
  }

  add(job: QueuedJob): void {
    this.#events.set(job.event.id, job.event);
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
    return foldCall([...this.#events.values()], this.end);
  }

  toSummary(): CallSummary {
    const { provider, tenant, callId, status, firstEventAt, eventCount } = this;
    const key = { provider, callId, ...(tenant !== undefined && { tenant }) };
    const details = detailsOf(this.#events.values());
    return { ...key, status, terminal: isTerminal(status), ...details, firstEventAt, eventCount };
  }
}

const DETAILS = ['direction', 'from', 'to', 'durationSeconds', 'answeredAt'] as const;

/** Each detail of the last event that has it. */
function detailsOf(events: Iterable<AnyCallStatusEvent>): Partial<CallSummary> & { readonly lastEventAt: string } {
  const details: Record<string, unknown> = {};
  let lastEventAt = '';
  let inProgressAt: string | undefined;
  for (const event of events) {
    const { status, transition, answered, receivedAt, occurredAt = receivedAt } = event;
    for (const name of DETAILS) if (event[name] !== undefined) details[name] = event[name];
    // The first outcome of a call stays.
    const counts = answered !== undefined && transition !== 'conflict';
    if (counts) details['answered'] = details['answered'] === true || answered;
    if (receivedAt > lastEventAt) lastEventAt = receivedAt;
    const isEarlier = inProgressAt === undefined || occurredAt < inProgressAt;
    if (status === 'in-progress' && isEarlier) inProgressAt = occurredAt;
  }
  return { ...(inProgressAt !== undefined && { answeredAt: inProgressAt }), ...details, lastEventAt };
}
