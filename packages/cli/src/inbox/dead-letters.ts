import type { DeadLetter, Inbox } from '@call-status/core';
import { type DeadLetterQuery, errorGroupOf, rowsOf } from '@call-status/core/inbox';
import { timeOf } from '../input/spans.ts';

/** Which dead letters. */
export const DEAD_LETTER_ARGS = {
  error: { type: 'string', valueHint: 'text', description: 'Those with this text in their error; upper or lower case' },
  provider: { type: 'string', valueHint: 'name', description: 'Those of this provider' },
  since: { type: 'string', valueHint: 'time', description: 'Dead since then: a time, or 10m, 1h, 7d' },
  until: { type: 'string', valueHint: 'time', description: 'Dead before' },
} as const;

/** The values of {@link DEAD_LETTER_ARGS}. */
export interface DeadLetterFilters {
  readonly error?: string | undefined;
  readonly provider?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** What an inbox can select by. */
export function queryOf({ provider, since, until }: DeadLetterFilters): DeadLetterQuery {
  return {
    ...(provider !== undefined && { provider }),
    ...(since !== undefined && { since: timeOf(since, '--since') }),
    ...(until !== undefined && { until: timeOf(until, '--until') }),
  };
}

/** All dead letters that match, newest first. */
export function deadLettersOf(inbox: Inbox, query: DeadLetterQuery): AsyncGenerator<DeadLetter> {
  return rowsOf((page) => inbox.deadLetters.list({ ...query, ...page }));
}

/** Whether an error has a text; also one as `inbox dead` shows it for its group. */
export function isOfError({ error }: Pick<DeadLetter, 'error'>, text: string | undefined): boolean {
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  return error.toLowerCase().includes(wanted) || errorGroupOf(error).toLowerCase().includes(wanted);
}

/** A dead letter in JSON. */
export function rowOfDeadLetter({ event, attempts, error, handler, deadAt }: DeadLetter): object {
  const { id, provider, callId, tenant, status } = event;
  return {
    eventId: id,
    provider,
    callId,
    ...(tenant !== undefined && { tenant }),
    status,
    attempts,
    error,
    ...(handler !== undefined && { handler }),
    deadAt,
  };
}
