import { type DeadLetter, type DeadLetterGroup, mask } from '@call-status/core/inbox';
import { given } from '../http/query.ts';
import type { Parts, Route, Visit } from './route.ts';
import type { DeadPage, DeadRow } from './types.ts';

/** `GET api/dead?provider&error&since&until&cursor` */
export const dead: Route = {
  needs: 'view',
  async answer({ query, privacy }, parts): Promise<DeadPage> {
    const { deadLetters } = parts.inbox;
    const filter = given({ provider: query.text('provider'), since: query.text('since'), until: query.text('until') });
    const page = given({ error: query.text('error'), cursor: query.text('cursor'), limit: query.number('limit') });
    const { rows, next } = await deadLetters.list({ ...filter, ...page });
    const groups = await deadLetters.groups(filter);
    return {
      groups: groups.map(shownGroup),
      rows: rows.map((row) => deadRowOf(row, privacy, parts)),
      ...(next !== undefined && { next }),
    };
  },
};

/** The text of a group has no numbers, and the page sends it back. */
function shownGroup(group: DeadLetterGroup): DeadLetterGroup {
  return { ...group, error: mask(group.error) };
}

function deadRowOf(
  { event, attempts, error, handler, deadAt }: DeadLetter,
  privacy: Visit['privacy'],
  { keys }: Parts,
): DeadRow {
  const { id, provider, callId, status } = event;
  return {
    ...privacy.of({ eventId: id, callId, error }),
    key: keys.ofEvent(id, privacy.isRevealed),
    callKey: keys.ofCall(event, privacy.isRevealed),
    provider,
    status,
    attempts,
    ...given({ handler }),
    deadAt,
  };
}
