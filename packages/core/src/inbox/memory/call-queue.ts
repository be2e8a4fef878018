import { type Call, foldCall } from '../../call.ts';
import {
  type AnyCallStatusEvent,
  type CallStatus,
  type Direction,
  isTerminal,
  type TerminalStatus,
} from '../../event.ts';
import type { CallSummary, NewEvent } from '../inbox.ts';
import type { CallQueueList } from './call-queue-list.ts';
import type { QueuedJob } from './queued-job.ts';
import { CALL_BYTES, detached } from './size.ts';

/** One call, with its work in the order of recording. */
export class CallQueue {
  readonly provider: string;
  readonly tenant: string | undefined;
  readonly callId: string;
  readonly serial: number;
  readonly firstEventAt: string;
  lastEventAt: string;
  /** When it was last recorded to, in elapsed milliseconds. */
  touchedAt = 0;
  status: CallStatus = 'unknown';
  /** How much memory it takes. */
  bytes: number = CALL_BYTES;
  readonly #events = new Map<string, AnyCallStatusEvent>();
  #direction: Direction | undefined;
  #from: string | undefined;
  #to: string | undefined;
  #answered: boolean | undefined;
  #durationSeconds: number | undefined;
  /** When it was answered, as an event said that had it, and when it was first in progress. */
  #answeredAt: string | undefined;
  #inProgressAt: string | undefined;
  /** How many of its events are dead letters. */
  dead = 0;
  /** How the application ended it, if it did. */
  end: { readonly status: TerminalStatus; readonly at: string } | undefined;
  /** What its first work waits for: a worker, its time, or its result. */
  state: 'idle' | 'due' | 'later' | 'running' = 'idle';
  /** Since when its first work is due. */
  dueSince = 0;
  /** Its place among the calls that are due. */
  place = 0;
  head: QueuedJob | undefined;
  tail: QueuedJob | undefined;
  list: CallQueueList | undefined;
  older: CallQueue | undefined;
  newer: CallQueue | undefined;

  constructor({ provider, tenant, callId, receivedAt }: NewEvent, serial: number) {
    this.provider = provider;
    this.tenant = tenant;
    this.callId = detached(callId);
    this.serial = serial;
    this.firstEventAt = receivedAt;
    this.lastEventAt = receivedAt;
  }

  /** When its first work is due. Asked only of a call that has work. */
  get runAt(): number {
    return (this.head as QueuedJob).runAt;
  }

  /** Whether a worker has its first work, or had it last and may still report a result. */
  get isTaken(): boolean {
    return this.head !== undefined && this.head.token !== '';
  }

  /** How many events it has. */
  get size(): number {
    return this.#events.size;
  }

  get ids(): Iterable<string> {
    return this.#events.keys();
  }

  knows(eventId: string): boolean {
    return this.#events.has(eventId);
  }

  /** Whether the work on an event that it knows is done, or dead. */
  isDone(eventId: string): boolean {
    for (let job = this.head; job !== undefined; job = job.next) if (job.event.id === eventId) return false;
    return true;
  }

  add(event: AnyCallStatusEvent): void {
    this.#events.set(event.id, event);
    if (event.receivedAt > this.lastEventAt) this.lastEventAt = event.receivedAt;
    this.#describe(event);
  }

  append(job: QueuedJob): void {
    if (this.tail === undefined) this.head = job;
    else this.tail.next = job;
    this.tail = job;
  }

  /** Puts old work back in its place: behind what was recorded before it, and behind what a worker may still have. */
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

  /** Takes over what a summary says of the last event that said it. */
  #describe(event: AnyCallStatusEvent): void {
    const { direction, from, to, answered, durationSeconds, status, answeredAt, occurredAt, receivedAt } = event;
    if (direction !== undefined) this.#direction = direction;
    if (from !== undefined) this.#from = from;
    if (to !== undefined) this.#to = to;
    // The first outcome of a call stays.
    const counts = answered !== undefined && event.transition !== 'conflict';
    if (counts) this.#answered = this.#answered === true || answered;
    if (durationSeconds !== undefined) this.#durationSeconds = durationSeconds;
    if (answeredAt !== undefined) this.#answeredAt = answeredAt;
    if (status === 'in-progress') {
      const time = occurredAt ?? receivedAt;
      if (this.#inProgressAt === undefined || time < this.#inProgressAt) this.#inProgressAt = time;
    }
  }

  fold(): Call {
    return foldCall([...this.#events.values()], this.end);
  }

  summary(): CallSummary {
    const { provider, tenant, callId, status, firstEventAt, lastEventAt, size } = this;
    const answeredAt = this.#answeredAt ?? this.#inProgressAt;
    return {
      provider,
      callId,
      ...(tenant !== undefined && { tenant }),
      status,
      terminal: isTerminal(status),
      ...(this.#direction !== undefined && { direction: this.#direction }),
      ...(this.#from !== undefined && { from: this.#from }),
      ...(this.#to !== undefined && { to: this.#to }),
      ...(this.#answered !== undefined && { answered: this.#answered }),
      ...(answeredAt !== undefined && { answeredAt }),
      ...(this.#durationSeconds !== undefined && { durationSeconds: this.#durationSeconds }),
      firstEventAt,
      lastEventAt,
      eventCount: size,
    };
  }
}
