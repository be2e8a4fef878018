import type { CallStatus, CallSummary } from '@call-status/core';
import { given } from '../http/query.ts';
import type { Parts, Route, Visit } from './route.ts';
import type { CallRow, CallsPage } from './types.ts';

/** Live calls that are silent for longer count as stuck. */
const STUCK_MS = 600_000;

/** `GET api/calls` */
export const calls: Route = {
  needs: 'view',
  async answer({ query, privacy }, parts): Promise<CallsPage> {
    const page = await parts.inbox.listCalls(
      given({
        provider: query.text('provider'),
        state: query.text('state') as 'live' | undefined,
        status: query.list('status') as readonly CallStatus[] | undefined,
        answered: query.boolean('answered'),
        search: query.text('search'),
        silentForMs: query.boolean('stuck') ? STUCK_MS : undefined,
        hasConflict: query.boolean('conflict'),
        hasDeadLetter: query.boolean('dead'),
        sipCode: query.number('sip'),
        errorCode: query.text('error'),
        since: query.text('since'),
        until: query.text('until'),
        changedSince: query.text('changedSince'),
        cursor: query.text('cursor'),
        limit: query.number('limit'),
      }),
    );
    const rows = page.rows.map((summary) => rowOf(summary, privacy, parts));
    return { rows, ...(page.next !== undefined && { next: page.next }) };
  },
};

/** A call as a visitor sees it in a list. */
export function rowOf(summary: CallSummary, privacy: Visit['privacy'], { keys }: Parts): CallRow {
  return { ...privacy.of(summary), key: keys.ofCall(summary, privacy.isRevealed) };
}
