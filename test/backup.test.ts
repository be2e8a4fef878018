// The commands of the manual that back up and restore a PostgreSQL inbox, while it is in use.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createCallStatus, mycpaas } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../packages/inbox-postgres/test/servers/find.ts';
import { freshDatabase, sharedServer } from '../packages/inbox-postgres/test/servers/test-server.ts';

const MANUAL = fileURLToPath(new URL('../docs/postgres.md', import.meta.url));

const server = await sharedServer();
const bin = findPostgres() ?? '';
// Its programs must not be older than the server.
const isPossible =
  server !== undefined && !process.env['CALL_STATUS_POSTGRES_URL'] && existsSync(path.join(bin, 'pg_dump'));

const take = { limit: 10, leaseMs: 60_000, owner: 'test' };

describe.skipIf(!isPossible)('a backup of a PostgreSQL inbox', () => {
  async function openAt(url: string) {
    const inbox = postgresInbox({ url });
    const calls = createCallStatus({
      providers: [mycpaas({ token: 't' })],
      inbox,
      worker: false,
      log: { warn() {}, error() {} },
    });
    onTestFinished(() => calls.close());
    await calls.ready();
    const record = (CallSid: string, CallStatus: string) => calls.provider('mycpaas').record({ CallSid, CallStatus });
    return { inbox, record };
  }

  it('has all that was acknowledged before it, and goes on where it was', async () => {
    const url = await freshDatabase(server as string);
    const { inbox, record } = await openAt(url);
    await record('handled', 'completed');
    await record('dead', 'ringing');
    for (const { lease, event } of (await inbox.take(take)).jobs) {
      if (event.callId === 'handled') await inbox.finish(lease);
      else await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
    }
    await record('taken', 'completed');
    await inbox.take(take);
    await record('waiting', 'completed');
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n++) await record(`later-${n}`, 'ringing');
    })();

    const restored = await freshDatabase(server as string);
    const folder = mkdtempSync(path.join(tmpdir(), 'call-status-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const env = { PATH: `${bin}:${process.env['PATH']}`, DATABASE_URL: url, NEW_DATABASE_URL: restored };
    execFileSync('sh', ['-euc', commands()], { cwd: folder, env, stdio: 'pipe' });
    await record('after the backup', 'ringing');
    isOver = true;
    await writing;
    const { next: beyond } = await inbox.events({ after: 'end' });

    const after = await openAt(restored);
    expect(await after.inbox.deadLetters.list()).toMatchObject({ rows: [{ error: 'boom' }] });
    expect(await after.inbox.getCall('mycpaas', 'handled')).toEqual(await inbox.getCall('mycpaas', 'handled'));
    expect(await after.inbox.getCall('mycpaas', 'after the backup')).toBeUndefined();
    expect(await after.inbox.counts()).toMatchObject({ running: 1, dead: 1 });
    const waiting = (await after.inbox.take(take)).jobs.map(({ event }) => event.callId);
    expect(waiting[0]).toBe('waiting');
    expect(await after.record('waiting', 'completed')).toMatchObject({ transition: 'duplicate' });

    const read = await after.inbox.events({ limit: 1000 });
    expect(await after.inbox.events({ after: beyond })).toMatchObject({ rows: [], missed: true });
    await after.record('new', 'ringing');
    const news = await after.inbox.events({ after: read.next });
    expect(news.rows.map(({ event }) => event.callId)).toEqual(['new']);
  });
});

/** The first block of shell commands in that section of the manual. */
function commands(): string {
  const [, section = ''] = readFileSync(MANUAL, 'utf8').split('\n## Backup and restore\n');
  const [, block = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
  expect(block).toContain('pg_dump');
  return block;
}
