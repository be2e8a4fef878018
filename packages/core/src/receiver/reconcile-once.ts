import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { WatchedCall } from '../inbox/watches.ts';
import { consoleLogger, type Logger } from '../log/log.ts';
import { issuesOfOwnOptions, withOwnOptions } from '../options/check-providers.ts';
import { newOwner, timeOf } from '../options/options.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { AskedCall } from '../reconcile/once.ts';
import { reconcileRules } from '../reconcile/rules.ts';
import { sayingOnce } from '../request/checked-form.ts';
import type { Clock, TimeSource } from '../timer.ts';

/** What to ask, and whom. */
export interface ReconcileOnceOptions {
  /** An inbox that is open for writing. It stays open. */
  readonly inbox: Inbox;
  /** The providers, with their `api`. They need no secret, since no callback is received. */
  readonly providers: readonly Provider[];
  /** The calls, such as rows of `inbox.listCalls()`. They are read as they are asked about. */
  readonly calls: Iterable<WatchedCall> | AsyncIterable<WatchedCall>;
  /** Gets `api_credentials` and `api_failed` of an account, and `conflicting_status` of an event. */
  readonly onError?: (error: CallStatusError) => void;
  /**
   * Where it logs what a provider's definition should not have returned.
   * @default the console
   */
  readonly log?: Logger;
  /**
   * The time. Only for tests.
   * @default Node's
   */
  readonly clock?: Clock | TimeSource;
}

/**
 * Asks providers about calls once, and ends: for commands and scheduled jobs, where no receiver runs. What a provider says is recorded as
 * by a receiver, and the limits are the same. Handlers run, and notices are delivered, where the application runs.
 *
 * If a process looks after the calls of the inbox already, and has credentials, that process asks. An account that refuses its credentials,
 * or fails five times in a row, is not asked any more.
 *
 * @throws CallStatusError `invalid_options`; those of the inbox
 * @example
 * ```ts
 * import { exotel, type Inbox, reconcileOnce } from '@call-status/core';
 *
 * const api = { sid: 'acme1', key: process.env.EXOTEL_API_KEY!, token: process.env.EXOTEL_API_TOKEN!, region: 'in' } as const;
 *
 * export async function ask(inbox: Inbox): Promise<void> {
 *   const { rows } = await inbox.listCalls({ state: 'live', silentForMs: 600_000 });
 *   for await (const { callId, result, event } of reconcileOnce({ inbox, providers: [exotel({ api })], calls: rows })) {
 *     console.log(callId, result, event?.status);
 *   }
 * }
 * ```
 */
export async function* reconcileOnce({
  inbox,
  providers: given,
  calls,
  onError: report = () => {},
  log = consoleLogger,
  clock: givenClock,
}: ReconcileOnceOptions): AsyncGenerator<AskedCall> {
  const issues = given.flatMap(issuesOfOwnOptions);
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
  const [{ Once }, { createAsker }, { givingUp }] = await Promise.all([
    import('../reconcile/once.ts'),
    import('../reconcile/ask/create-asker.ts'),
    import('../reconcile/ask/giving-up.ts'),
  ]);
  const providers = withOwnOptions(given);
  const { now: clock, timers } = timeOf(givenClock);
  const once = new Once({
    inbox,
    providers,
    clock,
    timers,
    report,
    rules: reconcileRules(),
    dropped: sayingOnce(log),
    owner: newOwner(),
    makeAsker: () => givingUp(createAsker({ providers, timers, now: clock, report })),
  });
  yield* once.run(calls);
}
