import type { Inbox } from '@call-status/core';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { startProxy } from '../servers/proxy.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, take, takeOne } from './set-up.ts';
import { ONCE_WAITED_FOR } from './waited-for.ts';

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
    await vi.waitFor(() => inbox.record(eventOf('shared', 'completed')));
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

describe.skipIf(url === undefined)('the lead', () => {
  it('is not taken from a process that was faster', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    const leaseMs = 30_000;
    expect(await inbox.watches.lead('a', leaseMs)).toBe(true);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    // The request of `b` has its time before that of `a`, and its turn after it.
    await other.query(`BEGIN; SELECT * FROM ${schema}.leaders FOR UPDATE`);
    const late = inbox.watches.lead('b', leaseMs);
    await other.query(
      `${ONCE_WAITED_FOR}; UPDATE ${schema}.leaders SET until = extract(epoch FROM clock_timestamp()) * 1000 + lease_ms; COMMIT`,
    );
    expect(await late).toBe(false);
    expect(await inbox.watches.lead('a', leaseMs)).toBe(true);
  });
});

describe.skipIf(url === undefined)('a replay', () => {
  it('leaves the next event of the call to a worker that is just taking it', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('call', 'ringing'));
    const { lease, event } = await takeOne(inbox);
    await inbox.fail(lease, { error: 'down', doneHandlers: [] });
    await inbox.record(eventOf('call', 'completed'));
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    // What `take` does, before it commits.
    await other.query(`
      BEGIN; UPDATE ${schema}.jobs SET token = call || '.' || id || '.other', takes = 1, due_at = due_at + 60000 WHERE due_at IS NOT NULL`);
    const replayed = inbox.deadLetters.replay(event.id);
    await other.query(`${ONCE_WAITED_FOR}; COMMIT`);
    expect(await replayed).toBe(true);
    expect(await take(inbox)).toEqual([]);
    const [job] = await queryAt(url, `SELECT due_at, token FROM ${schema}.jobs WHERE token IS NOT NULL`);
    expect(job).toEqual({ due_at: expect.any(String), token: expect.stringContaining('.other') });
  });
});

describe.skipIf(url === undefined)('a table that is locked', () => {
  it('keeps no backend waiting for readers that have given up', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query(`BEGIN; LOCK TABLE ${schema}.calls, ${schema}.recorded, ${schema}.refusals`);
    const reads = [inbox.events(), inbox.counts(), inbox.refusals.get('1'), inbox.getCall('acme', 'a')];
    for (const result of await Promise.allSettled(reads)) {
      expect(result).toMatchObject({ reason: { details: { reason: expect.stringContaining('55P03') } } });
    }
  });
});
