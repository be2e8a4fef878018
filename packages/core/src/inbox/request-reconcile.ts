import type { Call } from '../call.ts';
import type { Inbox } from './inbox.ts';
import { NO_PROGRESS } from './rows/watch-row.ts';
import type { WatchedCall, WatchProgress } from './watches.ts';

/**
 * What became of a request to ask a provider.
 *
 * - `requested`: it is asked as soon as its limits allow it.
 * - `complete`: the call has ended, and nothing is lacking.
 * - `not_found`: the inbox has no such call.
 * - `no_api`: there is no known way to ask this provider.
 * - `no_credentials`: this receiver has no credentials for its API.
 */
export type ReconcileDecision = 'requested' | 'complete' | 'not_found' | 'no_api' | 'no_credentials';

/**
 * Has a provider asked about a call now, by the process that looks after the calls of this inbox: a receiver with credentials for the
 * provider's API. What it learns is recorded as an event. If that is nothing, `progress.request.result` of the watched call says why. In a
 * process that has the receiver, use `calls.reconcile()`.
 *
 * @throws CallStatusError of the inbox
 * @example
 * ```ts
 * import type { Inbox } from '@call-status/core';
 * import { requestReconcile } from '@call-status/core/inbox';
 *
 * export async function askAboutAll(inbox: Inbox): Promise<void> {
 *   const { rows } = await inbox.listCalls({ state: 'live', silentForMs: 600_000 });
 *   for (const call of rows) await requestReconcile(inbox, call);
 * }
 * ```
 */
export async function requestReconcile(
  inbox: Pick<Inbox, 'getCall' | 'watches'>,
  { provider, tenant, callId }: WatchedCall,
  nowMs: number = Date.now(),
): Promise<ReconcileDecision> {
  const { watches } = inbox;
  const call = { provider, ...(tenant !== undefined && { tenant }), callId };
  const known = await inbox.getCall(provider, callId, tenant);
  if (known !== undefined && isComplete(known)) return 'complete';
  const at = new Date(nowMs).toISOString();
  for (;;) {
    const watch = await watches.get(call);
    if (known === undefined && watch?.expected === undefined) return 'not_found';
    if (watch === undefined) {
      const added = await watches.add([{ ...call, dueInMs: 0, progress: { ...NO_PROGRESS, request: { at } } }]);
      if (added === 1) return 'requested';
    } else {
      if (isRequested(watch.progress)) return 'requested';
      const progress = { ...watch.progress, request: { at, checkAt: watch.dueAt } };
      if (await watches.update(watch, { dueInMs: 0, progress })) return 'requested';
    }
    // Another process has changed it meanwhile.
  }
}

/** Whether the provider has still to be asked because someone wants it. */
export function isRequested({ request }: WatchProgress): boolean {
  return request !== undefined && request.result === undefined;
}

/** Only a conversation has a length. */
function isComplete({ terminal, durationSeconds, answered }: Call): boolean {
  return terminal && (durationSeconds !== undefined || answered === false);
}
