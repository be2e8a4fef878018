import type { ApplicationEnd } from '../../call.ts';
import type { AnyCallStatusEvent } from '../../event.ts';
import { type CallRow, columnsOf, mergeColumns } from './call-columns.ts';

/**
 * The row of a call with all its events. Whether one of them is a dead letter is not known here.
 *
 * @param events at least one, in the order of recording
 * @param end how the application ended it, if it did
 * @example
 * ```ts
 * import { type CallRow, type MovedCall, rowOfCall } from '@call-status/core/inbox';
 *
 * export function rowOf({ events, end }: MovedCall): CallRow {
 *   return rowOfCall(events.map(({ event }) => event), end);
 * }
 * ```
 */
export function rowOfCall(events: readonly AnyCallStatusEvent[], end?: ApplicationEnd): CallRow {
  let row: CallRow | undefined;
  for (const event of events) row = mergeColumns(row, columnsOf(event), event.transition);
  const ended = end && {
    status: end.status,
    terminal: true,
    ended_at: Date.parse(end.at),
    ended_by: 'application',
  };
  return { ...(row as CallRow), ...ended };
}
