import { type AnyCallStatusEvent, type CallStatus, isTerminal } from '../../../event.ts';
import type { StoreHealth } from '../../health.ts';
import type { EventKey } from '../../inbox.ts';
import type { CallQueue, RecordedEvent } from '../call-queue.ts';
import { LinkedList } from '../linked-list.ts';
import type { MemoryRefusals } from '../refusals.ts';
import { LiveCalls } from './live-calls.ts';
import { type Entry, SerialLog } from './serial-log.ts';
import { Tombstones } from './tombstones.ts';

/** How much is kept. */
export interface Bounds {
  readonly maxBytes: number;
  readonly maxCalls: number;
  readonly retentionMs: number;
}

const EVENTS_PER_CALL = 10;
/** A live call without events for this many times the retention has presumably ended without a callback. */
export const SILENCE = 7;
/** How many expired calls each `record` removes at most: more than one, to catch up, but few enough to stay fast. */
const EXPIRED_PER_RECORD = 2;

/** The calls that are kept, within limits: calls without unfinished jobs are dropped when they expire, or to make room. */
export class KeptCalls {
  readonly #bounds: Bounds;
  readonly #byKey = new CallsByKey();
  /** In the order of their first events. */
  readonly inOrder: SerialLog<CallQueue> = new SerialLog<CallQueue>();
  /** All events, in the order of recording. */
  readonly events: SerialLog<AnyCallStatusEvent> = new SerialLog<AnyCallStatusEvent>();
  /** The highest number of an event that was dropped with its call. */
  lastRemoved = 0;
  readonly byActivity: LiveCalls = new LiveCalls();
  /** Calls without unfinished jobs; in each list, the longest idle first. */
  readonly #ended = new LinkedList<CallQueue>();
  readonly #live = new LinkedList<CallQueue>();
  readonly #withDeadLetters = new LinkedList<CallQueue>();
  readonly #tombstones: Tombstones;
  readonly #onForget: (queue: CallQueue) => void;
  readonly #refusals: MemoryRefusals;
  /** How much memory the watched calls take. */
  watchBytes = 0;
  #bytes = 0;
  /** Whether the last event had room. */
  #hadRoom: boolean | undefined;
  #endedCount = 0;

  /** @param onForget drops whatever else belongs to the call */
  constructor(bounds: Bounds, now: number, refusals: MemoryRefusals, onForget: (queue: CallQueue) => void) {
    this.#bounds = bounds;
    this.#refusals = refusals;
    this.#tombstones = new Tombstones(now);
    this.#onForget = onForget;
  }

  get live(): number {
    return this.inOrder.size - this.#endedCount;
  }

  get ended(): number {
    return this.#endedCount;
  }

  /** How many bytes are left. */
  get room(): number {
    return this.#bounds.maxBytes - this.#bytes - this.#tombstones.bytes - this.#refusals.bytes - this.watchBytes;
  }

  get store(): StoreHealth {
    const bytes = this.#bounds.maxBytes - this.room;
    return this.#hadRoom === undefined ? { bytes } : { writable: this.#hadRoom, bytes };
  }

  get(provider: string, tenant: string | undefined, callId: string): CallQueue | undefined {
    return this.#byKey.get(provider, tenant, callId);
  }

  /** Whether an event is known, and neither waits nor runs. */
  isHandled({ provider, tenant, callId, id }: EventKey): boolean {
    const queue = this.get(provider, tenant, callId);
    return queue?.knows(id) === true && queue.isDone(id);
  }

  /** Whether an event belongs to a call that was erased. */
  wasErased(eventId: string, now: number): boolean {
    return !this.#tombstones.isEmpty && this.#tombstones.has(eventId, now);
  }

  /** Makes room for an event of a new or known call. Returns `false` if there are too many unfinished jobs. */
  makeRoom(queue: CallQueue | undefined, bytes: number, now: number): boolean {
    // A call must not be dropped to make room for its own event.
    const isIdle = queue !== undefined && queue.head === undefined;
    if (isIdle) this.markBusy(queue);
    this.#forgetExpired(now);
    this.#hadRoom = this.#drop(bytes, Number(queue === undefined));
    if (!this.#hadRoom && isIdle) this.markIdle(queue);
    return this.#hadRoom;
  }

  /** Makes room for a watched call. Returns `false` if there are too many unfinished jobs. */
  makeRoomForWatch(bytes: number): boolean {
    return this.#drop(bytes, 0);
  }

  add(queue: CallQueue): void {
    this.#byKey.set(queue);
    queue.inOrder = this.inOrder.append(queue, queue.serial);
    this.#bytes += queue.bytes;
  }

  /** Adds an event of a call. */
  addEvent(queue: CallQueue, event: AnyCallStatusEvent, serial: number, bytes: number): RecordedEvent {
    if (!isTerminal(queue.status)) this.byActivity.touch(queue);
    this.addBytes(queue, bytes);
    return this.events.append(event, serial);
  }

  /** Counts memory that a call uses or frees. */
  addBytes(queue: CallQueue, bytes: number): void {
    queue.bytes += bytes;
    this.#bytes += bytes;
  }

  setStatus(queue: CallQueue, status: CallStatus): void {
    queue.status = status;
    if (!isTerminal(status)) return;
    this.#endedCount++;
    queue.inLive.leave();
  }

  /** Marks a call without unfinished jobs: it may be dropped. */
  markIdle(queue: CallQueue): void {
    this.markBusy(queue);
    if (queue.dead > 0) this.#withDeadLetters.append(queue.inState);
    else if (isTerminal(queue.status)) this.#ended.append(queue.inState);
    else this.#live.append(queue.inState);
  }

  /** Marks a call that is no longer idle: it must not be dropped. */
  markBusy(queue: CallQueue): void {
    if (queue.state === 'idle') queue.inState.leave();
  }

  /** Drops a call and remembers only the ids of its events. */
  erase(queue: CallQueue, now: number): void {
    this.#tombstones.add(queue.eventIds, now);
    this.forget(queue);
  }

  forget(queue: CallQueue): void {
    this.markBusy(queue);
    this.#byKey.delete(queue);
    this.inOrder.remove(queue.inOrder as Entry<CallQueue>);
    queue.inLive.leave();
    for (const recorded of queue.events) {
      this.events.remove(recorded);
      this.lastRemoved = Math.max(this.lastRemoved, recorded.serial);
    }
    if (isTerminal(queue.status)) this.#endedCount--;
    // Before the bytes that are left: dead letters free their own.
    this.#onForget(queue);
    this.#bytes -= queue.bytes;
  }

  get #firstToForget(): CallQueue | undefined {
    return this.#ended.oldest ?? this.#live.oldest ?? this.#withDeadLetters.oldest;
  }

  /** Drops what is needed for so many bytes and new calls. Returns `false` if that is not enough. */
  #drop(bytes: number, newCalls: number): boolean {
    // Nothing is dropped for an event that would never fit.
    const fits = bytes <= this.#bounds.maxBytes;
    while (!this.#hasRoom(bytes, newCalls)) {
      if (fits && bytes > this.room && this.#refusals.removeOldest()) continue;
      const first = fits ? this.#firstToForget : undefined;
      if (first === undefined) return false;
      this.forget(first);
    }
    return true;
  }

  #hasRoom(bytes: number, newCalls: number): boolean {
    const { maxCalls } = this.#bounds;
    const hasPlace = this.inOrder.size + newCalls <= maxCalls;
    return hasPlace && this.events.size < maxCalls * EVENTS_PER_CALL && bytes <= this.room;
  }

  #forgetExpired(now: number): void {
    for (let count = 0; count < EXPIRED_PER_RECORD; count++) {
      const queue = this.#firstExpired(now);
      if (queue === undefined) return;
      this.forget(queue);
    }
  }

  #firstExpired(now: number): CallQueue | undefined {
    const { retentionMs } = this.#bounds;
    const ended = this.#ended.oldest;
    if (ended !== undefined && ended.touchedAt <= now - retentionMs) return ended;
    const live = this.#live.oldest;
    return live !== undefined && live.touchedAt <= now - retentionMs * SILENCE ? live : undefined;
  }
}

/** Calls by provider, tenant and call id. */
class CallsByKey {
  readonly #byProvider = new Map<string, Map<string, Map<string, CallQueue>>>();

  get(provider: string, tenant: string | undefined, callId: string): CallQueue | undefined {
    return this.#byProvider
      .get(provider)
      ?.get(tenant ?? '')
      ?.get(callId);
  }

  set(queue: CallQueue): void {
    const { provider, tenant = '', callId } = queue;
    const byTenant = this.#byProvider.get(provider) ?? new Map<string, Map<string, CallQueue>>();
    const byCallId = byTenant.get(tenant) ?? new Map<string, CallQueue>();
    this.#byProvider.set(provider, byTenant.set(tenant, byCallId.set(callId, queue)));
  }

  delete({ provider, tenant = '', callId }: CallQueue): void {
    const byTenant = this.#byProvider.get(provider);
    const byCallId = byTenant?.get(tenant);
    byCallId?.delete(callId);
    if (byCallId?.size === 0) byTenant?.delete(tenant);
  }
}
