import type { Inbox } from '@call-status/core';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { startProxy } from '../servers/proxy.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox } from './set-up.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a call that is locked', () => {
  const statuses = async (inbox: Inbox, callId: string) =>
    (await inbox.getCall('acme', callId))?.events.map(({ status }) => status);

  it('by another program does not fail the events of other calls', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('locked'));
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query(`BEGIN; SELECT * FROM ${schema}.calls WHERE call_id = 'locked' FOR UPDATE`);
    const results = await Promise.allSettled(
      ['before', 'locked', 'after'].map((callId) => inbox.record(eventOf(callId, 'in-progress'))),
    );
    expect(results).toMatchObject([
      { value: { transition: 'advance' } },
      { reason: { code: 'inbox_unavailable', status: 503, details: { reason: expect.stringContaining('55P03') } } },
      { value: { transition: 'advance' } },
    ]);
    await other.query('ROLLBACK');
    await inbox.record(eventOf('locked', 'in-progress'));
    expect(await statuses(inbox, 'locked')).toEqual(['ringing', 'in-progress']);
  });

  it('by a host that is lost is free again soon', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('shared'));
    const proxy = await startProxy(url);
    onTestFinished(() => proxy.stop());
    const other = await openInbox({ url: proxy.url, schema });
    const lost = proxy.cut('lost', /INSERT INTO \S+\.recorded/);
    const unanswered = other.record(eventOf('shared', 'in-progress')).catch((error: unknown) => error);
    await lost;
    await vi.waitFor(() => inbox.record(eventOf('shared', 'completed')), { timeout: 20_000 });
    expect(await statuses(inbox, 'shared')).toEqual(['ringing', 'completed']);
    expect(await unanswered).toMatchObject({ code: 'inbox_unavailable' });
  });
});

describe.skipIf(url === undefined)('large events', () => {
  it('do not make all others wait', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    const raw = { text: '"'.repeat(300_000) };
    await Promise.all(['a', 'b', 'c'].map((callId) => inbox.record(eventOf(callId, 'ringing', raw))));
    expect((await inbox.getCall('acme', 'c'))?.events[0]?.raw).toEqual(raw);
    const rows = await queryAt(url, `SELECT DISTINCT xmin::text FROM ${schema}.recorded`);
    expect(rows).toHaveLength(3);
  });
});
