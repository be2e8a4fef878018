import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Timers } from '../timer.ts';
import type { ContextSource } from './context.ts';
import type { NamedHandler } from './registry.ts';
import type { RetryOptions } from './retry.ts';

/** How the events of one provider are handled. */
export interface ProviderRules {
  readonly retry: RetryOptions;
  /** How long one handler may take, in milliseconds; may be infinite. */
  readonly handlerTimeoutMs: number;
  /** Events that are handled at a time; may be infinite. */
  readonly concurrency: number;
}

/** What a worker works on, and how. Only handlers and `backoff` may throw. */
export interface WorkerOptions extends ContextSource {
  readonly inbox: Inbox;
  /** The providers that are known here, by name. */
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** How an event is tried again whose provider is not known here. */
  readonly retry: RetryOptions;
  /** The handlers of an event, in the order in which they are called. An event without any is done at once. */
  handlersFor(event: AnyCallStatusEvent): readonly NamedHandler[];
  /**
   * Events whose handlers run at a time, each of another call.
   * @default 64
   */
  readonly concurrency?: number;
  /**
   * For how long an event is this worker's if it dies; renewed while handlers run. In milliseconds.
   * @default 15_000
   */
  readonly leaseMs?: number;
  /**
   * The longest time between two looks into the inbox, since its hints can be missed; and the pause after it failed. In milliseconds.
   * @default 1_000
   */
  readonly pollMs?: number;
  /**
   * What retries, leases and time limits wait by; not what waits for the inbox.
   * @default node's
   */
  readonly timers?: Timers;
  /** Who takes the work; for people who read the store. */
  readonly owner: string;
  readonly onError: (error: CallStatusError) => void;
  /** Resolves when the event's answer has left; `undefined` when there is nothing to wait for. */
  beforeHandling(eventId: string): Promise<void> | undefined;
  /** Called after each attempt: were all handlers done, and does the inbox know? */
  settled(eventId: string, handled: boolean): void;
}
