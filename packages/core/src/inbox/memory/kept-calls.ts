import { type CallStatus, isTerminal } from '../../event.ts';
import type { CallQueue } from './call-queue.ts';
import { CallQueueMap } from './call-queue-map.ts';
import { IdleQueues } from './idle-queues.ts';
import { Tombstones } from './tombstones.ts';

/** How much is kept. */
export interface Bounds {
  readonly maxBytes: number;
  readonly maxCalls: number;
  readonly retentionMs: number;
}

const EVENTS_PER_CALL = 10;
/** Each record forgets at most so many calls that are too old: more than one, so that it catches up, and few, so that none is slow. */
const EXPIRED_PER_RECORD = 2;

/** The calls that are kept, within bounds: those without unfinished work are forgotten when they are too old, or in the way. */
export class KeptCalls {
  readonly #bounds: Bounds;
  readonly #lanes = new CallQueueMap();
  readonly #idle: IdleQueues;
  readonly #forgottenIds: Tombstones;
  readonly #onForget: (lane: CallQueue) => void;
  #bytes = 0;
  #events = 0;
  #ended = 0;

  /** @param onForget what else to forget of a call */
  constructor(bounds: Bounds, now: number, onForget: (lane: CallQueue) => void) {
    this.#bounds = bounds;
    this.#idle = new IdleQueues(bounds.retentionMs);
    this.#forgottenIds = new Tombstones(now);
    this.#onForget = onForget;
  }

  get live(): number {
    return this.#lanes.size - this.#ended;
  }

  get ended(): number {
    return this.#ended;
  }

  get(provider: string, tenant: string | undefined, callId: string): CallQueue | undefined {
    return this.#lanes.get(provider, tenant, callId);
  }

  newestFirst(): Iterable<CallQueue> {
    return this.#lanes.newestFirst();
  }

  /** Whether an event is one of a call that was erased. */
  wasErased(eventId: string, now: number): boolean {
    return !this.#forgottenIds.isEmpty && this.#forgottenIds.has(eventId, now);
  }

  /** Makes room for an event, of a call that is known if there is one. `false`: there is too much unfinished work. */
  makeRoom(lane: CallQueue | undefined, bytes: number, now: number): boolean {
    // Off its list a call is not forgotten to make room for its own event.
    const isIdle = lane !== undefined && lane.head === undefined;
    if (isIdle) this.#idle.remove(lane);
    this.#forgetExpired(now);
    while (!this.#hasRoom(lane, bytes)) {
      // For one that never has room, nothing is to be forgotten.
      const first = bytes <= this.#bounds.maxBytes ? this.#idle.first : undefined;
      if (first === undefined) {
        if (isIdle) this.#idle.add(lane);
        return false;
      }
      this.forget(first);
    }
    return true;
  }

  add(lane: CallQueue): void {
    this.#lanes.add(lane);
    this.#bytes += lane.bytes;
  }

  /** A call has one more event. */
  addEvent(lane: CallQueue, bytes: number): void {
    this.#events++;
    this.grow(lane, bytes);
  }

  /** A call takes more memory, or less. */
  grow(lane: CallQueue, bytes: number): void {
    lane.bytes += bytes;
    this.#bytes += bytes;
  }

  /** How much there is room for. */
  get room(): number {
    return this.#bounds.maxBytes - this.#bytes - this.#forgottenIds.bytes;
  }

  setStatus(lane: CallQueue, status: CallStatus): void {
    lane.status = status;
    if (isTerminal(status)) this.#ended++;
  }

  /** Puts a call without work where it waits to be forgotten. */
  shelve(lane: CallQueue): void {
    this.#idle.remove(lane);
    this.#idle.add(lane);
  }

  /** A call has work again. */
  unshelve(lane: CallQueue): void {
    this.#idle.remove(lane);
  }

  /** Forgets a call, and remembers only the ids of its events. */
  erase(lane: CallQueue, now: number): void {
    this.#forgottenIds.add(lane.ids, now);
    this.forget(lane);
  }

  forget(lane: CallQueue): void {
    this.#idle.remove(lane);
    this.#lanes.remove(lane);
    this.#bytes -= lane.bytes;
    this.#events -= lane.size;
    if (isTerminal(lane.status)) this.#ended--;
    this.#onForget(lane);
  }

  #hasRoom(lane: CallQueue | undefined, bytes: number): boolean {
    const { maxCalls } = this.#bounds;
    const hasPlace = lane !== undefined || this.#lanes.size < maxCalls;
    return hasPlace && this.#events < maxCalls * EVENTS_PER_CALL && bytes <= this.room;
  }

  #forgetExpired(now: number): void {
    for (let count = 0; count < EXPIRED_PER_RECORD; count++) {
      const lane = this.#idle.firstExpired(now);
      if (lane === undefined) return;
      this.forget(lane);
    }
  }
}
