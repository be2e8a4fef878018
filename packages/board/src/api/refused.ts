import { type Refusal, rowsOf } from '@call-status/core/inbox';
import { given } from '../http/query.ts';
import type { Route, Visit } from './route.ts';
import type { RefusalGroup, RefusalRow, RefusedPage } from './types.ts';

/** Receivers keep 500 by default. */
const MOST_ROWS = 5000;
const MOST_ROWS_OF_GROUP = 50;

/** `GET api/refused?provider&since` */
export const refused: Route = {
  needs: 'view',
  async answer({ query, privacy }, { inbox }): Promise<RefusedPage> {
    const filter = given({ provider: query.text('provider'), since: query.text('since') });
    const groups = new Map<string, Refusal[]>();
    for await (const row of rowsOf((page) => inbox.refusals.list({ ...filter, ...page }), MOST_ROWS)) {
      const name = JSON.stringify([row.provider, row.code, row.hint]);
      const rows = groups.get(name);
      if (rows === undefined) groups.set(name, [row]);
      else rows.push(row);
    }
    const { refused: counted } = await inbox.health();
    return { groups: [...groups.values()].map((rows) => groupOf(rows, privacy)), uncounted: counted.uncounted };
  },
};

/** @param rows at least one, the newest first */
function groupOf(rows: readonly Refusal[], privacy: Visit['privacy']): RefusalGroup {
  const newest = refusalRowOf(rows[0] as Refusal, privacy);
  const { provider, code, hint } = newest;
  return {
    ...given({ provider, hint }),
    code,
    count: rows.reduce((sum, { count }) => sum + count, 0),
    firstAt: rows.map(({ firstAt }) => firstAt).sort()[0] as string,
    lastAt: rows
      .map(({ lastAt }) => lastAt)
      .sort()
      .at(-1) as string,
    rows: rows.slice(0, MOST_ROWS_OF_GROUP).map((row) => refusalRowOf(row, privacy)),
  };
}

/** A rejected callback without its request. */
export function refusalRowOf({ request, ...row }: Refusal, privacy: Visit['privacy']): RefusalRow {
  return { ...privacy.of(row), hasRequest: request !== undefined };
}
