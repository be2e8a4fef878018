import { AsyncResource } from 'node:async_hooks';
import type { EventKey, Inbox } from '../inbox/inbox.ts';
import { clearInterval, setInterval } from '../timer.ts';
import type { PendingRequests } from './pending-requests.ts';

const EVERY_MS = 100;

/** Finds out which events other processes have handled, as long as requests wait for that. */
export class HandledElsewhere {
  readonly #inbox: Pick<Inbox, 'handled'>;
  readonly #pending: PendingRequests;
  readonly #watched = new Map<string, EventKey>();
  /** Runs in the async context of the receiver, not of the request that happened to be first. */
  readonly #look = AsyncResource.bind(() => void this.#ask());
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isStopped = false;

  constructor(inbox: Pick<Inbox, 'handled'>, pending: PendingRequests) {
    this.#inbox = inbox;
    this.#pending = pending;
  }

  /** A request waits until this event is handled, here or elsewhere. */
  watch(event: EventKey): void {
    if (this.#isStopped) return;
    this.#watched.set(event.id, event);
    this.#timer ??= setInterval(this.#look, EVERY_MS).unref();
  }

  stop(): void {
    this.#isStopped = true;
    this.#clearTimer();
  }

  async #ask(): Promise<void> {
    for (const id of this.#watched.keys()) if (!this.#pending.get(id)?.isAwaited) this.#watched.delete(id);
    if (this.#watched.size === 0) this.#clearTimer();
    const elsewhere = [...this.#watched.values()].filter(({ id }) => !this.#pending.get(id)?.isHere);
    if (elsewhere.length === 0 || this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (const id of await this.#inbox.handled(elsewhere)) this.#pending.settle(id, true);
    } catch {
      // Other operations report a failing inbox, and the next round asks again.
    } finally {
      this.#isAsking = false;
    }
  }

  #clearTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
