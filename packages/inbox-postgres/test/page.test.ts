// What docs/postgres.md says in SQL is what a server answers.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CallStatus, isTerminal } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openInbox, takeOne } from './faults/set-up.ts';
import { queryAt } from './servers/postgres.ts';
import { freshDatabase, sharedServer } from './servers/test-server.ts';

const page = readFileSync(new URL('../../../docs/postgres.md', import.meta.url), 'utf8');
const server = (await sharedServer()) ?? '';

/** The statements of a section, in their order. */
function statementsOf(heading: string): readonly string[] {
  const [, section = ''] = page.split(new RegExp(`^###? ${heading}$`, 'm'));
  const [own = ''] = section.split(/^##/m);
  return [...own.matchAll(/```sql\n(.+?)```/gs)].map(([, sql = '']) => sql);
}

const START = Date.now() - 3 * 3_600_000;

function event(callId: string, status: CallStatus, more: Partial<NewEvent> = {}): NewEvent {
  const receivedAt = new Date(START).toISOString();
  const ids = { provider: 'acme', id: `acme:${callId}:${status}`, callId };
  return {
    ...ids,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt,
    source: 'callback',
    trust: 'none',
    raw: {},
    ...more,
  };
}

/** A database with a dead letter, an event that waits, a silent call, a worker, and three calls that ended. */
async function filled(): Promise<string> {
  const url = await freshDatabase(server);
  const inbox = await openInbox({ url });
  await inbox.record(event('dead', 'ringing'));
  const { lease } = await takeOne(inbox);
  await inbox.fail(lease, { error: 'Timeout of order 17', doneHandlers: [] });
  await inbox.record(event('c1', 'completed', { answered: true }));
  await inbox.record(event('c2', 'completed'));
  await inbox.record(event('c3', 'busy', { answered: false }));
  await inbox.reportWorker?.({
    owner: 'w',
    version: '1',
    handlers: [],
    running: 2,
    concurrency: 64,
    oldestRunningMs: 7000,
  });
  return url;
}

const hour = new Date(Math.floor(START / 3_600_000) * 3_600_000);

const ANSWERS: Readonly<Record<string, readonly object[]>> = {
  Backlog: [{ due: 3, lag_seconds: expect.any(Number) }],
  'Dead letters by error': [
    {
      provider: 'acme',
      error_group: expect.stringMatching(/^Timeout of order [^1]+$/),
      dead: 1,
      last: expect.any(Date),
    },
  ],
  Workers: [{ owner: 'w', seen: expect.any(Date), running: 2, oldest_seconds: 7 }],
  'Calls that are silent': [{ provider: 'acme', calls: 1 }],
  Connections: [
    {
      application_name: expect.stringMatching(/^call-status .+:\d+$/),
      connections: expect.any(Number),
      busy: expect.any(Number),
    },
  ],
  'Who keeps dead rows': [],
  'Dead rows and updates in place': [],
  'Replication slots': [],
  'Success rate by hour': [{ hour, calls: 3, success_percent: 66.7 }],
  'Answer rate by provider': [{ provider: 'acme', calls: 2, answered_percent: 50 }],
};

/** Figures of the whole server: which rows there are depends on the other tests. */
const OF_THE_SERVER = ['Connections', 'Who keeps dead rows', 'Dead rows and updates in place', 'Replication slots'];

describe.skipIf(server === '')('the SQL of docs/postgres.md', () => {
  it('is tried here', () => {
    const titles = [...page.matchAll(/^### (.+)\n\n(?:[^`#\n].*\n\n)?```sql/gm)].map(([, title]) => title);
    expect(titles).toEqual(['Keep calls for years', ...Object.keys(ANSWERS)]);
    expect([...page.matchAll(/```sql/g)]).toHaveLength(titles.length + 1 + statementsOf('Roles and grants').length);
  });

  it('answers', async () => {
    const url = await filled();
    for (const [title, rows] of Object.entries(ANSWERS)) {
      const [sql = ''] = statementsOf(title);
      const found = await queryAt(url, sql);
      if (OF_THE_SERVER.includes(title)) expect(found, title).toBeInstanceOf(Array);
      else expect(found, title).toEqual(rows);
    }
  });

  it('copies calls once', async () => {
    const url = await filled();
    const [create = '', copy = ''] = statementsOf('Keep calls for years');
    await queryAt(url, create);
    await queryAt(url, copy);
    await queryAt(url, copy);
    const rows = await queryAt(url, 'SELECT call_id, status, answered FROM archived_calls ORDER BY call_id');
    expect(rows).toEqual([
      { call_id: 'c1', status: 'completed', answered: true },
      { call_id: 'c2', status: 'completed', answered: null },
      { call_id: 'c3', status: 'busy', answered: false },
    ]);
  });

  it('gives roles the rights that they need, without a superuser, also on tables of later releases', async () => {
    const suffix = randomBytes(6).toString('hex');
    const own = (text: string): string => text.replaceAll(/call_status_(owner|app|read|admin)/g, `$1_${suffix}`);
    const [roles = '', grants = ''] = statementsOf('Roles and grants');
    onTestFinished(async () => {
      await queryAt(server, own('DROP ROLE call_status_owner, call_status_app, call_status_read, call_status_admin'));
    });
    // After the roles: what is finished last is what was asked for first.
    const database = await freshDatabase(server);
    const name = new URL(database).pathname.slice(1);
    await queryAt(server, own(`CREATE ROLE call_status_admin LOGIN CREATEROLE PASSWORD '…'`));
    await queryAt(server, own(`ALTER DATABASE ${name} OWNER TO call_status_admin`));
    const as = (role: string) => Object.assign(new URL(database), { username: own(role), password: '…' });
    const admin = as('call_status_admin');
    await queryAt(admin.href, own(roles).replace('DATABASE voice', `DATABASE ${name}`));
    admin.searchParams.set('options', own('-c role=call_status_owner'));
    await openInbox({ url: admin.href });
    await queryAt(admin.href, own(grants));
    const inbox = await openInbox({ url: as('call_status_app').href, migrate: false });
    await inbox.record(event('c1', 'completed', { answered: true }));
    const { lease } = await takeOne(inbox);
    expect(await inbox.finish(lease)).toBe('done');
    const [answerRate = ''] = statementsOf('Answer rate by provider');
    const reader = as('call_status_read').href;
    expect(await queryAt(reader, answerRate)).toEqual([{ provider: 'acme', calls: 1, answered_percent: 100 }]);
    await queryAt(admin.href, 'CREATE TABLE call_status.later (id integer)');
    await queryAt(as('call_status_app').href, 'INSERT INTO call_status.later VALUES (1)');
    expect(await queryAt(reader, 'SELECT id FROM call_status.later')).toEqual([{ id: 1 }]);
  });
});

it.skipIf(server === '')('the tables of docs/postgres.md have every column', async () => {
  const url = await freshDatabase(server);
  await openInbox({ url });
  const sql = `
    SELECT table_name, array_agg(column_name::text ORDER BY column_name COLLATE "C") AS columns
    FROM information_schema.columns WHERE table_schema = 'call_status' GROUP BY table_name`;
  const tables = (await queryAt(url, sql)).map(({ table_name: table, columns }) => [table, columns]);
  expect(columnsOfPage()).toEqual(Object.fromEntries(tables));
});

/** The columns of each table, without what is in parentheses. */
function columnsOfPage(): Readonly<Record<string, readonly string[]>> {
  const [, section = ''] = page.split('\n## Tables\n');
  const rows = [...section.matchAll(/^\| `(\w+)`[^|]*\|[^|]+\|(.*)\|$/gm)];
  return Object.fromEntries(
    rows.map(([, table = '', columns = '']) => {
      const names = columns.replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g);
      return [table, [...names].map(([, name = '']) => name).sort()];
    }),
  );
}
