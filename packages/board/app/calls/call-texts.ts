import type { CallRow } from '../../src/api/types.ts';

/** How the parts of a call are written in a list. */

/** Who called whom; the id of a call that has no numbers. */
export function partiesOf({ from, to, callId }: CallRow): string {
  return from === undefined && to === undefined ? callId : `${from ?? '?'} → ${to ?? '?'}`;
}

/** Seconds: what the provider says, else what is known from the times. That of a live call grows. */
export function lengthOf(row: CallRow, now: number): number | undefined {
  if (row.durationSeconds !== undefined) return row.durationSeconds;
  if (!row.terminal) return (now - Date.parse(row.answeredAt ?? row.firstEventAt)) / 1000;
  if (row.answeredAt === undefined || row.endedAt === undefined) return undefined;
  return (Date.parse(row.endedAt) - Date.parse(row.answeredAt)) / 1000;
}

export function answerOf({ answered, answeredBy }: CallRow): string {
  if (answered === undefined) return '–';
  if (!answered) return 'no';
  return answeredBy === undefined || answeredBy === 'unknown' ? 'yes' : `yes, ${answeredBy}`;
}

/** Why it ended as it did; empty if nothing is amiss. */
export function endOf({ sip, error }: CallRow): string {
  const { code = 0, phrase = '' } = sip ?? {};
  const answer = code < 300 ? '' : `SIP ${code} ${phrase}`.trim();
  return answer || (error?.message ?? error?.code ?? '');
}
