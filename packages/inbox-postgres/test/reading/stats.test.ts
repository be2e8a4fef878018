import { type StatsCall, type StatsGroup, type StatsQuery, statsRows } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStats } from '../../src/read/stats.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

const NOW = 100_000;

/** Calls of all kinds: each value is absent in some of them. */
function fillSql(schema: string): string {
  return `
    INSERT INTO ${schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count, ended_at,
      direction, answered, answered_at, in_progress_at, ringing_at, duration_seconds, sip_code, mos, error_code)
    SELECT (ARRAY['acme', 'zenith'])[1 + g % 2], '', g::text, (ARRAY['completed', 'busy', 'failed'])[1 + g % 3], true, 0, 0, 1,
      CASE WHEN g % 11 > 0 THEN g * 60 END, (ARRAY['inbound', 'outbound', NULL])[1 + g % 3],
      CASE g % 3 WHEN 0 THEN true WHEN 1 THEN false END, CASE WHEN g % 4 = 0 THEN g * 60 - 10 END,
      CASE WHEN g % 3 = 0 THEN g * 60 - 20 END, CASE WHEN g % 5 > 0 THEN g * 60 - 40 + g % 35 END,
      CASE WHEN g % 7 > 0 THEN (g * 37 % 100) / 4.0 END, CASE WHEN g % 2 = 0 THEN 200 + g % 5 END,
      CASE WHEN g % 6 > 1 THEN 1 + (g % 40) / 10.0 END, (ARRAY['E2', 'e1', 'É', NULL])[1 + g % 4]
    FROM generate_series(1, 2000) g`;
}

/** Sums of fractions depend on their order. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'number' ? Number(each.toFixed(6)) : each)));
}

describe.skipIf(url === '')('statistics', () => {
  it('are those that core makes of the same calls', async () => {
    const store = await plainStore(url, freshSchema(url), { now: () => NOW });
    onTestFinished(() => store.end());
    await queryAt(url, fillSql(store.schema));
    const calls = (await store.read(`SELECT * FROM ${store.schema}.calls`)) as StatsCall[];
    expect(calls).toHaveLength(2000);
    const groups: (StatsGroup | undefined)[] = [undefined, 'provider', 'status', 'direction', 'sip', 'error'];
    const spans: readonly Omit<StatsQuery, 'by'>[] = [
      { since: new Date(0), bucketMs: 10_000 },
      { since: new Date(1234), until: new Date(77_777), bucketMs: 3000, provider: 'acme' },
      { since: new Date(50_000), until: new Date(150_000), bucketMs: 100_000 },
      { since: new Date(60_000), until: new Date(50_000), bucketMs: 1000 },
    ];
    let rows = 0;
    for (const by of groups) {
      for (const span of spans) {
        const query: StatsQuery = by === undefined ? span : { ...span, by };
        const found = await readStats(store, query);
        expect(rounded(found), JSON.stringify(query)).toEqual(rounded(statsRows(calls, query, NOW)));
        rows += found.length;
      }
    }
    expect(rows).toBeGreaterThan(200);
  });

  it('of too many buckets are refused', async () => {
    const store = await plainStore(url, freshSchema(url), { now: () => 10_000_000 });
    onTestFinished(() => store.end());
    const refused = readStats(store, { since: new Date(0), bucketMs: 1000 });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_options' });
  });
});
