// An inbox that is opened for reading only: beside its service, on a disk that cannot be written, and with tables of another version.
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { loadEngine } from '../src/database/engine.ts';
import { pragma } from '../src/database/open.ts';
import { APPLICATION_ID } from '../src/database/schema/schema.ts';
import { VERSION_1 } from '../src/database/schema/version-1.ts';
import { resolveOptions } from '../src/options.ts';
import { SqliteInbox } from '../src/sqlite-inbox.ts';
import { Connection } from '../src/store/connection.ts';
import { anEvent } from './events.ts';
import { openInbox, temporaryFile } from './support.ts';

/** Opens a file for reading only; fails if the thread for writing is started. */
function reader(path: string): SqliteInbox {
  const options = resolveOptions({ path, readOnly: true });
  return new SqliteInbox(options, new Connection(path, loadEngine(), options), () => {
    throw new Error('It writes.');
  });
}

const callsOf = async (inbox: SqliteInbox) => (await inbox.listCalls()).rows.map(({ callId }) => callId);

/** Runs something as a user to whom permissions apply. */
async function unprivileged(run: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

it('reads while a service writes, and sees what is committed', async () => {
  const path = temporaryFile();
  const service = openInbox({ path });
  await service.record(anEvent('1'));
  const inbox = reader(path);
  await inbox.ready({ create: true });
  expect(await callsOf(inbox)).toEqual(['1']);
  await service.record(anEvent('2', 'ringing', { receivedAt: new Date(Date.now() + 1000).toISOString() }));
  expect(await callsOf(inbox)).toEqual(['2', '1']);
  expect(await inbox.health()).toMatchObject({ live: 2, due: 2 });
  await inbox.close();
});

it('writes nothing', async () => {
  const path = temporaryFile();
  const service = openInbox({ path });
  await service.record(anEvent('1'));
  await service.close();
  const before = readFileSync(path);
  const inbox = reader(path);
  await inbox.ready();
  await expect(inbox.record(anEvent('2'))).rejects.toMatchObject({
    code: 'inbox_unwritable',
    message: expect.stringContaining('The inbox was opened with readOnly.'),
  });
  await expect(inbox.forgetCall('acme', '1')).rejects.toMatchObject({ code: 'inbox_unwritable' });
  expect(await callsOf(inbox)).toEqual(['1']);
  await inbox.close();
  expect(readFileSync(path)).toEqual(before);
});

it('creates no file, although it may', async () => {
  const path = temporaryFile();
  expect(() => reader(path).ready({ create: true })).toThrow(expect.objectContaining({ code: 'inbox_missing' }));
  expect(existsSync(path)).toBe(false);
});

it.runIf(process.platform !== 'win32')('reads a copy in a folder that cannot be written', async () => {
  const path = temporaryFile();
  const service = openInbox({ path });
  await service.record(anEvent('1'));
  await service.close();
  const copy = temporaryFile();
  copyFileSync(path, copy);
  chmodSync(copy, 0o444);
  chmodSync(dirname(copy), 0o555);
  await unprivileged(async () => {
    const inbox = reader(copy);
    expect(await callsOf(inbox)).toEqual(['1']);
    await inbox.close();
  });
  expect(readdirSync(dirname(copy))).toEqual(['calls.db']);
  chmodSync(dirname(copy), 0o755);
});

it.runIf(process.platform !== 'win32')(
  'does not pass over commits that are only in the -wal of such a copy',
  async () => {
    const path = temporaryFile();
    const service = openInbox({ path });
    await service.record(anEvent('1'));
    const copy = temporaryFile();
    for (const part of ['', '-wal']) copyFileSync(path + part, copy + part);
    chmodSync(dirname(copy), 0o555);
    await unprivileged(async () => {
      await expect(reader(copy).listCalls()).rejects.toMatchObject({ code: 'inbox_unwritable' });
    });
    chmodSync(dirname(copy), 0o755);
  },
);

it('does not bring older tables up to date', async () => {
  const path = temporaryFile();
  const db = new (loadEngine())(path);
  db.exec(
    `PRAGMA journal_mode = WAL; ${VERSION_1}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`,
  );
  db.close();
  expect(() => reader(path).ready()).toThrow(
    expect.objectContaining({
      code: 'inbox_unsupported',
      message: expect.stringContaining('start its service with this release once, which updates the file.'),
    }),
  );
  const after = new (loadEngine())(path);
  expect(pragma(after, 'PRAGMA user_version')).toBe(1);
  after.close();
});

it('tells the time of a file that a host wrote before it was restarted', async () => {
  const path = temporaryFile();
  const service = openInbox({ path });
  await service.record(anEvent('1'));
  await service.close();
  const db = new (loadEngine())(path);
  db.exec("UPDATE inbox SET boot = 'an earlier one', clock_offset = 0");
  db.close();
  const inbox = reader(path);
  await inbox.ready({ create: true });
  const { lagMs } = await inbox.health();
  expect(lagMs).toBeLessThan(600_000);
  await inbox.close();
});
