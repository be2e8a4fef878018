import { isTerminal } from '../../event.ts';
import type { CallQueue } from './call-queue.ts';
import { CallQueueList } from './call-queue-list.ts';

/** A live call that is silent for so many times the retention has ended without a word. */
const SILENCE = 7;

/** Calls without unfinished work, in the order in which they are forgotten. */
export class IdleQueues {
  /** Each list from the one that was idle for longest. */
  readonly #ended = new CallQueueList();
  readonly #live = new CallQueueList();
  readonly #withDead = new CallQueueList();
  readonly #retentionMs: number;

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  add(lane: CallQueue): void {
    if (lane.dead > 0) this.#withDead.append(lane);
    else if (isTerminal(lane.status)) this.#ended.append(lane);
    else this.#live.append(lane);
  }

  /** Off its list a call is not forgotten. */
  remove(lane: CallQueue): void {
    if (lane.state === 'idle') lane.list?.remove(lane);
  }

  /** Which to forget when there is no room. */
  get first(): CallQueue | undefined {
    return this.#ended.oldest ?? this.#live.oldest ?? this.#withDead.oldest;
  }

  /** One that is too old, if there is any. */
  firstExpired(now: number): CallQueue | undefined {
    const ended = this.#ended.oldest;
    if (ended !== undefined && ended.touchedAt <= now - this.#retentionMs) return ended;
    const live = this.#live.oldest;
    return live !== undefined && live.touchedAt <= now - this.#retentionMs * SILENCE ? live : undefined;
  }
}
