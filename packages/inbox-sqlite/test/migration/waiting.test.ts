// While one process brings a file up to date, the others wait for it.
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Database, loadEngine } from '../../src/database/engine.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/database/schema/schema.ts';
import { VERSION_1 } from '../../src/database/schema/version-1.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

/** A file that another process has locked, to migrate it if it is of version 1. */
function lockedFile(version: number): { path: string; db: Database; migrate(): void } {
  const path = temporaryFile();
  const db = new (loadEngine())(path);
  onTestFinished(() => db.close());
  db.exec(
    `PRAGMA journal_mode = WAL; ${VERSION_1}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`,
  );
  const migrate = (): void => {
    for (const migration of MIGRATIONS.slice(1)) migration(db);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  };
  if (version > 1) migrate();
  db.exec('BEGIN IMMEDIATE');
  return { path, db, migrate };
}

const open = (path: string) => openInbox({ path, create: false, busyTimeoutMs: 10 });

const BUSY = {
  code: 'inbox_locked',
  details: { reason: expect.stringContaining('version 1, and this release needs') },
};

it('ready waits, and callbacks are refused meanwhile', async () => {
  const { path, db, migrate } = lockedFile(1);
  const inbox = open(path);
  const [first, second] = [inbox.ready({ create: true }), inbox.ready({ create: true })];
  expect(first).toBeInstanceOf(Promise);
  expect(second).toBe(first);
  await expect(inbox.record(anEvent('c1'))).rejects.toMatchObject(BUSY);
  // Longer than one look.
  await new Promise((resolve) => setTimeout(resolve, 600));
  migrate();
  db.exec('COMMIT');
  await first;
  await inbox.record(anEvent('c1'));
  expect(inbox.ready()).toBeUndefined();
});

it('ready does not wait for a program that locks a file of this version', () => {
  const { path } = lockedFile(MIGRATIONS.length);
  expect(() => open(path).ready()).toThrow(expect.objectContaining({ code: 'inbox_locked' }));
  expect(() => open(path).ready()).not.toThrow(expect.objectContaining(BUSY));
});

it('ready does not wait for ever', async () => {
  const { path } = lockedFile(1);
  const opening = open(path).ready();
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 600_000);
  onTestFinished(() => clock.mockRestore());
  await expect(opening).rejects.toMatchObject(BUSY);
});

it('ready ends when the inbox is closed', async () => {
  const { path } = lockedFile(1);
  const inbox = open(path);
  const opening = inbox.ready();
  await inbox.close();
  await expect(opening).rejects.toMatchObject({ code: 'closed' });
});
