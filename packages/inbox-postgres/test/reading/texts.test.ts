import { describe, expect, it, onTestFinished } from 'vitest';
import { getCall } from '../../src/read/calls.ts';
import { getDeadLetter, groupDeadLetters, listDeadLetters } from '../../src/read/dead-letters.ts';
import { Feed } from '../../src/read/feed.ts';
import { handled } from '../../src/read/handled.ts';
import { listCalls } from '../../src/read/list-calls.ts';
import { StoredRefusals } from '../../src/read/refusals.ts';
import { removeWorker } from '../../src/read/workers.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

describe.skipIf(url === '')('a text that PostgreSQL cannot keep', () => {
  it.each(['a\0b', '\ud800'])('finds nothing, and is no failure: %j', async (text) => {
    const store = await plainStore(url, freshSchema(url));
    onTestFinished(() => store.end());
    await queryAt(
      url,
      `INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
      VALUES ('acme', '', 'ab', 'ringing', false, 0, 0, 1)`,
    );
    const refusals = new StoredRefusals(store, () => {});
    expect(await getCall(store, text, 'ab')).toBeUndefined();
    expect(await getCall(store, 'acme', text)).toBeUndefined();
    expect(await getCall(store, 'acme', 'ab', text)).toBeUndefined();
    expect(await listCalls(store, { provider: text })).toEqual({ rows: [] });
    expect(await listCalls(store, { search: `ab${text}` })).toEqual({ rows: [] });
    expect(await getDeadLetter(store, text)).toBeUndefined();
    expect(await listDeadLetters(store, { provider: text })).toEqual({ rows: [] });
    expect(await groupDeadLetters(store, { provider: text })).toEqual([]);
    expect((await new Feed(store).page({ provider: text })).rows).toEqual([]);
    expect(await refusals.list({ provider: text })).toEqual({ rows: [] });
    expect(await handled(store, [{ provider: 'acme', callId: text, id: text }])).toEqual([]);
    await expect(removeWorker(store, text)).resolves.toBeUndefined();
  });

  it.each(['a\0b', '\ud800', '\udfffx', '\\ud800', '\\u0000', '😀'])(
    'in an event is no failure of the view: %j',
    async (text) => {
      const store = await plainStore(url, freshSchema(url));
      onTestFinished(() => store.end());
      await queryAt(
        url,
        `INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
      VALUES ('acme', '', 'c1', 'ringing', false, 0, 0, 1)`,
      );
      const event = JSON.stringify({ status: 'ringing', raw: { [text]: text } });
      await queryAt(
        url,
        `INSERT INTO ${store.schema}.recorded (call, event_id, transition, event) SELECT id, 'e1', 'advance', $1 FROM ${store.schema}.calls`,
        [event],
      );
      const rows = await queryAt(url, `SELECT status, raw ->> $1 AS raw FROM ${store.schema}.events`, [
        text.replaceAll(/[\0\ud800-\udfff]/gu, '\ufffd'),
      ]);
      expect(rows).toMatchObject([{ status: 'ringing' }]);
      if (text === '😀') expect(rows[0]?.['raw']).toBe(text);
    },
  );
});
