import type { Inbox } from '@call-status/core';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import type { Driver } from '../../src/connection/session.ts';
import { resolveOptions } from '../../src/options.ts';
import { PostgresInbox } from '../../src/postgres-inbox.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, takeOne } from './set-up.ts';
import { ONCE_WAITED_FOR } from './waited-for.ts';

const url = (await sharedServer()) as string;

interface Hooks {
  /** Before a statement is sent. */
  readonly before?: (text: string) => Promise<void> | undefined;
  /** Before its answer arrives. */
  readonly after?: (text: string) => Promise<void> | undefined;
}

/** An inbox, and what happens on other hosts between its statements. */
async function openHooked(schema: string, hooks: Hooks): Promise<PostgresInbox> {
  const options = resolveOptions({ url, schema, listen: false });
  const driver = pgDriver(options);
  const connect: Driver['connect'] = async (limits) => {
    const session = await driver.connect(limits);
    return {
      ...session,
      async query(text, values) {
        const waiting = hooks.before?.(text);
        if (waiting !== undefined) await waiting;
        const rows = await session.query(text, values);
        await hooks.after?.(text);
        return rows;
      },
    };
  };
  const inbox = new PostgresInbox(options, { ...driver, connect });
  onTestFinished(() => inbox.close());
  await inbox.ready({ create: true });
  return inbox;
}

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Erases a call, which begins again: both are visible at the moment at which the lock that another group waits for is free. */
async function replaceCall(schema: string): Promise<{ other: pg.Client; replace: string }> {
  const other = await open();
  await other.query(`
    BEGIN; DELETE FROM ${schema}.recorded; DELETE FROM ${schema}.jobs; DELETE FROM ${schema}.calls;
    INSERT INTO ${schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
    VALUES ('acme', '', 'a', 'queued', false, 1, 1, 0)`);
  return { other, replace: `${ONCE_WAITED_FOR}; COMMIT` };
}

describe.skipIf(url === undefined)('a call that is erased and begins again while a group waits for its lock', () => {
  it('is locked before an event is decided', async () => {
    const schema = freshSchema(url);
    const another = await openInbox({ url, schema });
    let isReplaced = false;
    const hooked = await openHooked(schema, {
      after(text) {
        if (!isReplaced || !text.includes('AS busy')) return undefined;
        isReplaced = false;
        return another.record(eventOf('a', 'completed')).then(() => {});
      },
    });
    await hooked.record(eventOf('a', 'ringing'));
    const { other, replace } = await replaceCall(schema);
    const recorded = hooked.record(eventOf('a', 'busy'));
    isReplaced = true;
    await other.query(replace);
    expect(await recorded).toMatchObject({ transition: 'conflict' });
    expect(await queryAt(url, `SELECT event_id, transition FROM ${schema}.recorded ORDER BY id`)).toEqual([
      { event_id: 'acme:a:completed', transition: 'advance' },
      { event_id: 'acme:a:busy', transition: 'conflict' },
    ]);
    expect(await queryAt(url, `SELECT status, event_count FROM ${schema}.calls`)).toEqual([
      { status: 'completed', event_count: 2 },
    ]);
  });

  it.each<[string, (inbox: Inbox) => Promise<boolean> | undefined]>([
    ['endCall', (inbox) => inbox.endCall?.('acme', 'a', { status: 'failed' })],
    ['forgetCall', (inbox) => inbox.forgetCall?.('acme', 'a')],
  ])('is left to the events of its new beginning by %s', async (_, change) => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('a', 'ringing'));
    const { other, replace } = await replaceCall(schema);
    const changed = change(inbox);
    await other.query(replace);
    expect(await changed).toBe(false);
    expect(await queryAt(url, `SELECT status FROM ${schema}.calls`)).toEqual([{ status: 'queued' }]);
  });
});

describe.skipIf(url === undefined)('an event that becomes a dead letter while a group waits for a lock', () => {
  it.each(['replay', 'discard'] as const)('has its call locked by %s', async (change) => {
    const schema = freshSchema(url);
    let free: readonly unknown[] | undefined;
    const inbox = await openHooked(schema, {
      before(text) {
        if (free === undefined || text !== 'COMMIT') return undefined;
        return queryAt(url, `SELECT call_id FROM ${schema}.calls FOR UPDATE SKIP LOCKED`).then((rows) => {
          free = rows;
        });
      },
    });
    await inbox.record(eventOf('dead'));
    const { lease, event } = await takeOne(inbox);
    await inbox.fail(lease, { error: 'down', doneHandlers: [] });
    await inbox.record(eventOf('dies'));
    const other = await open();
    await other.query(`BEGIN; SELECT * FROM ${schema}.calls WHERE call_id = 'dead' FOR UPDATE`);
    free = [];
    const changed = Promise.all([event.id, 'acme:dies:ringing'].map((id) => inbox.deadLetters[change](id)));
    // What `fail` does on another host.
    await other.query(
      `${ONCE_WAITED_FOR}; UPDATE ${schema}.jobs SET dead_at = 1, due_at = NULL WHERE dead_at IS NULL; COMMIT`,
    );
    expect(await changed).toEqual([true, true]);
    expect(free).toEqual([]);
  });
});
