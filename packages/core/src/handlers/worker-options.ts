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
  /** The most events that are handled at a time; may be infinite. */
  readonly concurrency: number;
}

/** What a worker handles, and how. Only handlers and `backoff` may throw. */
export interface WorkerOptions extends ContextSource {
  readonly inbox: Inbox;
  /** The providers that are known here, by name. */
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** How an event of a provider that is not known here is retried. */
  readonly retry: RetryOptions;
  /** The handlers of an event, in the order in which they are called. An event without any is finished at once. */
  handlersFor(event: AnyCallStatusEvent): readonly NamedHandler[];
  /**
   * The most events whose handlers run at a time, each of another call.
   * @default 64
   */
  readonly concurrency?: number;
  /**
   * How long an event stays reserved for this worker if it dies, in milliseconds. Extended while handlers run.
   * @default 15_000
   */
  readonly leaseMs?: number;
  /**
   * The longest time between two looks into the inbox, since its hints can be missed; also the pause after it failed. In milliseconds.
   * @default 1_000
   */
  readonly pollMs?: number;
  /**
   * The clock of retries, leases and time limits; what waits for the inbox has its own.
   * @default node's
   */
  readonly timers?: Timers;
  /** The name of the worker, for people who read the store. */
  readonly owner: string;
  readonly onError: (error: CallStatusError) => void;
  /** Resolves when the event's answer has been sent; `undefined` if there is nothing to wait for. */
  beforeHandling(eventId: string): Promise<void> | undefined;
  /** Called after each attempt: have all handlers finished, and does the inbox know? */
  settled(eventId: string, handled: boolean): void;
}
