import { isTerminal } from '../../../event.ts';
import { checkOptions } from '../../../rules/check-options.ts';
import type { CallQuery, CallSummary, Page } from '../../inbox.ts';
import { timeRange } from '../../query-rules.ts';
import type { CallRow } from '../../rows/call-columns.ts';
import { type CallSearch, searchOf } from '../../rows/search.ts';
import { summaryOf } from '../../rows/summary.ts';
import type { CallQueue } from '../call-queue.ts';
import type { KeptCalls } from '../calls/kept-calls.ts';
import { isWithin, pageOf, QUERIES } from './pages.ts';

/** @param now in elapsed milliseconds */
export async function listCalls(calls: KeptCalls, query: CallQuery, now: number): Promise<Page<CallSummary>> {
  checkOptions('query', query, QUERIES.listCalls);
  const matches = [matcher(query, now), rowMatcher(query)];
  return pageOf(
    calls.inOrder,
    query,
    (queue) => matches.every((each) => each(queue)),
    (queue) => summaryOf(queue.toRow()),
  );
}

/** Whether a call matches as far as it can be told without its events. */
function matcher(query: CallQuery, now: number): (queue: CallQueue) => boolean {
  const { provider, state, status, silentForMs, hasDeadLetter } = query;
  const range = timeRange(query);
  const statuses = status === undefined ? undefined : [status].flat();
  return (queue) =>
    (provider === undefined || queue.provider === provider) &&
    (state === undefined || isTerminal(queue.status) === (state === 'ended')) &&
    (statuses === undefined || statuses.includes(queue.status)) &&
    (silentForMs === undefined || (!isTerminal(queue.status) && now - queue.touchedAt >= silentForMs)) &&
    (hasDeadLetter === undefined || queue.dead > 0 === hasDeadLetter) &&
    isWithin(queue.firstEventAt, range);
}

/** Whether a call matches as far as its events tell. */
function rowMatcher({
  answered,
  search,
  parentCallId,
  hasConflict,
  sipCode,
  errorCode,
  changedSince,
}: CallQuery): (queue: CallQueue) => boolean {
  const wanted = search === undefined ? undefined : searchOf(search);
  const changedSinceMs = changedSince === undefined ? undefined : new Date(changedSince).getTime();
  const asked = [answered, wanted, parentCallId, hasConflict, sipCode, errorCode, changedSinceMs];
  if (asked.every((each) => each === undefined)) return () => true;
  return (queue) => {
    const row = queue.toRow();
    return (
      (answered === undefined || row.answered === answered) &&
      (wanted === undefined || isFound(row, wanted)) &&
      (parentCallId === undefined || row.parent_call_id === parentCallId) &&
      (hasConflict === undefined || row.has_conflict === hasConflict) &&
      (sipCode === undefined || row.sip_code === sipCode) &&
      (errorCode === undefined || row.error_code === errorCode) &&
      (changedSinceMs === undefined || row.last_event_at >= changedSinceMs)
    );
  };
}

function isFound({ call_id, from_digits, to_digits }: CallRow, { callIdPrefix, digits }: CallSearch): boolean {
  if (callIdPrefix !== undefined && call_id.startsWith(callIdPrefix)) return true;
  if (digits === undefined) return false;
  return [from_digits, to_digits].some((number) => number?.startsWith(digits) || number?.endsWith(digits));
}
