import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Ack } from '../callback-request.ts';
import { DEFAULT_LIMITS, type Limits } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { ProviderRules } from '../handlers/worker-options.ts';
import type { Handlers } from '../handlers.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { DefaultLogger, type Logger } from '../log/log.ts';
import { loadedProviders } from '../provider/define-built-in.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { ReconcileOptions } from '../reconcile/rules.ts';
import type { RetryOptions } from '../retry.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import { type Clock, nodeTimers, type Timers, type TimeSource } from '../timer.ts';
import type { CallStatusOptions } from './call-status-options.ts';
import { checkProviders, isLenient, withOwnOptions } from './check-providers.ts';
import { receiverIssues } from './receiver-options.ts';

/** The options of a receiver of any providers. */
export type AnyOptions = Omit<CallStatusOptions, keyof Handlers> & Handlers<never>;

/** The options of a receiver, with the defaults filled in. */
export interface ResolvedOptions {
  readonly providers: readonly Provider[];
  readonly handlers: Handlers<never>;
  readonly publicUrl: PublicUrl | undefined;
  readonly ack: Ack;
  readonly ackDeadlineMs: number;
  readonly recordDeadlineMs: number;
  readonly limits: Limits;
  readonly inbox: Inbox;
  /** `undefined`: true once there is a handler. */
  readonly worker: boolean | undefined;
  readonly concurrency: number;
  readonly handlerTimeoutMs: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly retry: RetryOptions;
  /** `undefined`: not given. */
  readonly reconcile: ReconcileOptions | undefined;
  /** `false`: rejected callbacks are not kept. */
  readonly keepRefused: false | { readonly rows: number; readonly raw: boolean };
  /** `undefined`: not given. */
  readonly traceContext: (() => string | undefined) | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The name of the worker, for people who inspect the store. */
  readonly owner: string;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param environment the value of `NODE_ENV`; unless it is `development` or `test`, a provider without a secret is an error
 * @throws CallStatusError `invalid_options`, `missing_secret`
 */
export function resolveOptions(options: AnyOptions, environment: string | undefined): ResolvedOptions {
  const issues = receiverIssues(options);
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
  const { log = new DefaultLogger() } = options;
  const {
    providers = loadedProviders().map((provider) => provider()),
    publicUrl,
    ack = 'recorded',
    ackDeadlineMs = 4000,
    recordDeadlineMs = 4000,
    limits,
    clock: given,
    inbox = memoryInbox(given && { clock: timeOf(given).now }),
    worker: work,
    concurrency = 64,
    handlerTimeoutMs = 30_000,
    leaseMs = 15_000,
    pollMs = 1000,
    retry = {},
    reconcile,
    keepRefused = {},
    traceContext,
    allowUnauthenticated = false,
    log: _log,
    ...handlers
  } = options;
  const { now: clock, timers } = timeOf(given);
  if (providers.length === 0) throw new CallStatusError('invalid_options', { issues: [NO_PROVIDER] });
  checkProviders(providers, allowUnauthenticated, environment, log);
  // With `ack: 'handled'`, events are acknowledged only after they are handled, so none can be lost.
  if (options.inbox === undefined && ack !== 'handled' && !isLenient(environment)) {
    const { code, message } = new CallStatusError('memory_inbox');
    log.warn({ code }, message);
  }
  if (ack === 'handled') checkHandled(inbox, work);
  return {
    providers: withOwnOptions(providers),
    handlers,
    publicUrl,
    ack,
    ackDeadlineMs,
    recordDeadlineMs,
    limits: {
      bytes: limits?.bytes ?? DEFAULT_LIMITS.bytes,
      fields: limits?.fields ?? DEFAULT_LIMITS.fields,
      depth: limits?.depth ?? DEFAULT_LIMITS.depth,
    },
    inbox,
    // No other process takes jobs from an inbox in memory.
    worker: work ?? (inbox.durable ? undefined : true),
    concurrency,
    handlerTimeoutMs,
    leaseMs,
    pollMs,
    retry,
    reconcile,
    keepRefused: keepRefused && { rows: keepRefused.rows ?? 500, raw: keepRefused.raw ?? false },
    traceContext,
    log,
    clock,
    timers,
    owner: newOwner(),
  };
}

/** The name of a process in the inbox. */
export function newOwner(): string {
  return `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/** A bundle has only the providers that the application imports. */
const NO_PROVIDER =
  '`providers` is absent, and none is loaded: import those that you use, such as providers: [twilio({ … })].';

/** @throws CallStatusError `invalid_options` if no process would handle the events that a receiver with `ack: 'handled'` waits for */
function checkHandled(inbox: Inbox, worker: boolean | undefined): void {
  if (inbox.shared || worker !== false) return;
  const issue =
    "`ack: 'handled'` with `worker: false` needs an inbox that another process handles; this one is not shared.";
  throw new CallStatusError('invalid_options', { issues: [issue] });
}

/** A clock that is only a function does not control timers. */
export function timeOf(clock: Clock | TimeSource = Date.now): TimeSource {
  return typeof clock === 'function' ? { now: clock, timers: nodeTimers } : clock;
}

/** Looks up the tokens of one of these providers, or of all. Tokens that a function returns are not known. */
export function tokensOf(providers: readonly Provider[]): (name: string | undefined) => readonly string[] {
  return (name) =>
    providers
      .filter((provider) => name === undefined || provider.name === name)
      .flatMap(({ options: { token = [] } }) => (typeof token === 'function' ? [] : token));
}

/** How a provider's events are handled: the provider's options, else the receiver's. */
export function rulesOf(
  { options: own }: Pick<Provider, 'options'>,
  { retry, handlerTimeoutMs }: ResolvedOptions,
): ProviderRules {
  const attempts = own.retry?.attempts ?? retry.attempts;
  const backoff = own.retry?.backoff ?? retry.backoff;
  return {
    retry: { ...(attempts !== undefined && { attempts }), ...(backoff !== undefined && { backoff }) },
    handlerTimeoutMs: own.handlerTimeoutMs ?? handlerTimeoutMs,
    concurrency: own.concurrency ?? Number.POSITIVE_INFINITY,
  };
}
