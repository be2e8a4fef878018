import { AsyncResource } from 'node:async_hooks';
import type { WorkerLoad } from '../inbox/health.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { inboxHealth } from '../telemetry/channels.ts';
import type { InboxMessage } from '../telemetry/messages.ts';
import type { Timers } from '../timer.ts';

/** What the messages need from the receiver. */
export interface InboxMessagesOptions {
  readonly inbox: Pick<Inbox, 'health'>;
  readonly owner: string;
  readonly timers: Timers;
  readonly load: () => WorkerLoad;
}

const EVERY_MS = 15_000;

/** Publishes the health of the inbox while something listens; otherwise the inbox is not asked. Failures are silent: the worker reports them. */
export class InboxMessages {
  readonly #options: InboxMessagesOptions;
  /** Runs in the async context in which the receiver was created. */
  readonly #publish = AsyncResource.bind(() => void this.#look());
  #cancel: (() => void) | undefined;
  #isLooking = false;

  constructor(options: InboxMessagesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.timers.every(EVERY_MS, this.#publish);
    this.#publish();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking || !inboxHealth.hasSubscribers) return;
    this.#isLooking = true;
    const { inbox, owner, load } = this.#options;
    try {
      const health = await inbox.health();
      if (this.#cancel !== undefined) inboxHealth.publish({ ...health, owner, worker: load() } satisfies InboxMessage);
    } catch {}
    this.#isLooking = false;
  }
}
