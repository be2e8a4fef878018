import { isTerminal } from '../../event.ts';
import type { Lane } from './call-queue.ts';
import { LaneList } from './call-queue-list.ts';

/** A live call that is silent for so many times the retention has ended without a word. */
const SILENCE = 7;

/** Calls without unfinished work, in the order in which they are forgotten. */
export class IdleLanes {
  /** Each list from the one that was idle for longest. */
  readonly #summaries = new LaneList();
  readonly #ended = new LaneList();
  readonly #live = new LaneList();
  readonly #withDead = new LaneList();
  readonly #retainFor: number;
  readonly #retainEvents: number;

  constructor(retainFor: number, retainEvents: number) {
    this.#retainFor = retainFor;
    this.#retainEvents = retainEvents;
  }

  /** Adds a call, and returns the one, if any, of which only the summary is to be kept from now on. */
  add(lane: Lane): Lane | undefined {
    if (lane.dead > 0) this.#withDead.append(lane);
    else if (!isTerminal(lane.status)) this.#live.append(lane);
    else return this.#addEnded(lane);
    return undefined;
  }

  #addEnded(lane: Lane): Lane | undefined {
    this.#ended.append(lane);
    const { oldest } = this.#ended;
    if (oldest === undefined || this.#ended.size <= this.#retainEvents) return undefined;
    this.#ended.remove(oldest);
    this.#summaries.append(oldest);
    return oldest;
  }

  /** Off its list a call is not forgotten. */
  remove(lane: Lane): void {
    if (lane.state === 'idle') lane.list?.remove(lane);
  }

  /** Which to forget when there is no room. */
  get first(): Lane | undefined {
    return this.#summaries.oldest ?? this.#ended.oldest ?? this.#live.oldest ?? this.#withDead.oldest;
  }

  /** One that is too old, if there is any. */
  firstExpired(now: number): Lane | undefined {
    const ended = this.#summaries.oldest ?? this.#ended.oldest;
    if (ended !== undefined && ended.touchedAt <= now - this.#retainFor) return ended;
    const live = this.#live.oldest;
    return live !== undefined && live.touchedAt <= now - this.#retainFor * SILENCE ? live : undefined;
  }
}
