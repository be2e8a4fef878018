import { type Call, foldCall } from '../call.ts';
import { type AnyCallStatusEvent, type CallStatus, isTerminal, type TerminalStatus } from '../event.ts';
import type { CallSummary, Unrecorded } from '../inbox.ts';
import type { LaneList } from './queues.ts';

/** One call, with its work in the order of recording. */
export class Lane {
  readonly provider: string;
  readonly callId: string;
  readonly serial: number;
  readonly #firstReceivedAt: string;
  lastReceivedAt: string;
  /** When it was last recorded to, by the inbox's clock. */
  touchedAt = 0;
  status: CallStatus = 'unknown';
  /** Since it was shortened, if it was. */
  events: AnyCallStatusEvent[] = [];
  isShortened = false;
  /** The ids of all its events. A list is small, and fast while it is short; few calls have many events. */
  #ids: string[] | Set<string> = [];
  /** How many of its events are dead letters. */
  dead = 0;
  /** What its first work waits for: a worker, its time, or its end. */
  state: 'idle' | 'ready' | 'later' | 'running' = 'idle';
  head: Job | undefined;
  tail: Job | undefined;
  nextReady: Lane | undefined;
  list: LaneList | undefined;
  older: Lane | undefined;
  newer: Lane | undefined;

  constructor({ provider, callId, receivedAt }: Unrecorded, serial: number) {
    this.provider = provider;
    this.callId = detached(callId);
    this.serial = serial;
    this.#firstReceivedAt = receivedAt;
    this.lastReceivedAt = receivedAt;
  }

  get firstAt(): number {
    return Date.parse(this.#firstReceivedAt);
  }

  /** When its first work is due. Asked only of a call that has work. */
  get runAt(): number {
    return (this.head as Job).runAt;
  }

  /** How many events it has. */
  get size(): number {
    return Array.isArray(this.#ids) ? this.#ids.length : this.#ids.size;
  }

  get ids(): Iterable<string> {
    return this.#ids;
  }

  knows(eventId: string): boolean {
    return Array.isArray(this.#ids) ? this.#ids.includes(eventId) : this.#ids.has(eventId);
  }

  /** Whether the work on an event that it knows is done, or dead. */
  isDone(eventId: string): boolean {
    for (let job = this.head; job !== undefined; job = job.next) if (job.event.id === eventId) return false;
    return true;
  }

  addId(eventId: string): void {
    if (!Array.isArray(this.#ids)) this.#ids.add(eventId);
    else if (this.#ids.push(eventId) > LONGEST_LIST) this.#ids = new Set(this.#ids);
  }

  append(job: Job): void {
    if (this.tail === undefined) this.head = job;
    else this.tail.next = job;
    this.tail = job;
  }

  /** Puts old work back in its place: behind what was recorded before it, and behind what runs. */
  insert(job: Job): void {
    let before = this.state === 'running' ? this.head : undefined;
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

  removeHead(job: Job): void {
    this.head = job.next;
    if (job.next === undefined) this.tail = undefined;
    job.next = undefined;
  }

  /** Keeps only what tells duplicates, transitions and the summary. */
  shorten(): void {
    this.events = [];
    this.isShortened = true;
    this.#ids = Array.isArray(this.#ids) ? this.#ids.map(detached) : new Set([...this.#ids].map(detached));
  }

  fold(): Call {
    if (!this.isShortened) return foldCall(this.events);
    const { provider, callId, status, lastReceivedAt: updatedAt } = this;
    const since = this.events.length > 0 ? foldCall(this.events) : { events: [] };
    return { ...since, provider, callId, status, terminal: true, outcome: status as TerminalStatus, updatedAt };
  }

  summary(): CallSummary {
    const { provider, callId, status, firstAt, lastReceivedAt, size } = this;
    return {
      provider,
      callId,
      status,
      terminal: isTerminal(status),
      firstAt,
      lastAt: Date.parse(lastReceivedAt),
      events: size,
    };
  }
}

/** The work on one event. */
export class Job {
  readonly lane: Lane;
  readonly event: AnyCallStatusEvent;
  readonly serial: number;
  attempts = 0;
  doneHandlers: readonly string[] = NO_HANDLERS;
  runAt = 0;
  leaseUntil = 0;
  /** Of its lease, while it runs. */
  token = '';
  next: Job | undefined;

  constructor(lane: Lane, event: AnyCallStatusEvent, serial: number) {
    this.lane = lane;
    this.event = event;
    this.serial = serial;
  }
}

const NO_HANDLERS: readonly string[] = [];
const LONGEST_LIST = 16;

/** A copy that does not hold on to the text that the string was cut from or joined of, which may be a whole body. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
