import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Outage } from '../inbox/outage.ts';
import type { RetryOptions } from '../retry.ts';
import type { Clock, Timers } from '../timer.ts';
import type { ContextSource } from './context.ts';
import type { NamedHandler } from './registry.ts';

/** How the events of one provider are handled. */
export interface ProviderRules {
  readonly retry: RetryOptions;
  /** How long one handler may take, in milliseconds; may be infinite. */
  readonly handlerTimeoutMs: number;
  /** The maximum number of events that are handled at a time; may be infinite. */
  readonly concurrency: number;
}

/** The options of a worker. Only handlers and `backoff` may throw. */
export interface WorkerOptions extends ContextSource {
  readonly inbox: Inbox;
  readonly outage: Outage;
  /** The known providers, by name. */
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** How events of unknown providers are retried. */
  readonly retry: RetryOptions;
  /** The handlers of an event in the order in which they are called. An event without handlers is finished at once. */
  handlersFor(event: AnyCallStatusEvent): readonly NamedHandler[];
  /**
   * The maximum number of events whose handlers run at a time, each of a different call.
   * @default 64
   */
  readonly concurrency?: number;
  /**
   * How long an event stays reserved for this worker if it dies, in milliseconds. Extended while handlers run.
   * @default 15_000
   */
  readonly leaseMs?: number;
  /**
   * The longest time between two checks of the inbox, since its hints can be missed, and the pause after it failed, in milliseconds.
   * @default 1_000
   */
  readonly pollMs?: number;
  /**
   * The clock for retries, leases and time limits; waiting for the inbox uses a separate clock.
   * @default node's
   */
  readonly timers?: Timers;
  /** The current time, for the age of events. */
  readonly clock: Clock;
  /** The name of the worker, for people who inspect the store. */
  readonly owner: string;
  readonly onError: (error: CallStatusError) => void;
  /** Resolves when the event's callback has been answered; `undefined` if there is nothing to wait for. */
  beforeHandling(eventId: string): Promise<void> | undefined;
  /** Called after each attempt with whether all handlers finished and the inbox knows it. */
  settled(eventId: string, handled: boolean): void;
}
