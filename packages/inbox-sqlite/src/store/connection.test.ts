import { copyFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { pragma } from '../database/open.ts';
import { Connection } from './connection.ts';
import { eventColumnsOf } from './rows.ts';

const engine = loadEngine();

it('a connection that reads leaves the slow copying of the -wal to the one that writes', () => {
  const path = temporaryFile();
  const [reading, writing] = [new Connection(path, engine), new Connection(path, engine)];
  reading.open({ create: true, waitMs: 0 });
  const store = writing.open({ create: false, waitMs: 0 });
  store.begin();
  store.record(eventColumnsOf(anEvent('c1')), store.now(undefined));
  store.commit();
  const committed = statSync(`${path}-wal`).size;
  reading.close();
  expect(statSync(`${path}-wal`).size).toBe(committed);
  writing.checkpoint();
  expect(statSync(`${path}-wal`).size).toBe(0);
  writing.close();
});

it('the file of a closed inbox is complete without its -wal, even while another inbox has it open', async () => {
  const path = temporaryFile();
  const [inbox, other] = [openInbox({ path }), openInbox({ path })];
  await Promise.all([inbox.record(anEvent('c1')), inbox.record(anEvent('c2'))]);
  await inbox.close();
  const copy = temporaryFile();
  copyFileSync(path, copy);
  const db = new engine(copy);
  expect(pragma(db, 'SELECT count(*) FROM events')).toBe(2);
  db.close();
  await other.close();
});

it('a failed connection is not reopened on another file in its place', () => {
  const path = temporaryFile();
  const connection = new Connection(path, engine);
  connection.open({ create: true, waitMs: 0 });
  const failed = connection.failed(Object.assign(new Error('malformed'), { errcode: 11 }));
  expect(failed).toMatchObject({ code: 'inbox_corrupted', details: { path } });
  expect(() => connection.store()).toThrow(failed);
  vi.useFakeTimers({ now: 0, toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  vi.advanceTimersByTime(1e9);
  renameSync(path, `${path}.old`);
  writeFileSync(path, '');
  expect(() => connection.store()).toThrow(expect.objectContaining({ code: 'inbox_replaced' }));
  renameSync(`${path}.old`, path);
  expect(connection.store().reading).toBeDefined();
  connection.close();
});

it('a file that another program locks is not opened again at every call', () => {
  const path = temporaryFile();
  new Connection(path, engine).open({ create: true, waitMs: 0 }).close();
  const other = new engine(path);
  other.exec('BEGIN IMMEDIATE');
  const connection = new Connection(path, engine);
  const thrown = () => {
    try {
      return connection.open({ create: false, waitMs: 0 });
    } catch (error) {
      return error;
    }
  };
  const first = thrown();
  expect(first).toMatchObject({ code: 'inbox_locked' });
  expect(thrown()).toBe(first);
  other.close();
});

it('a connection that cannot be set up leaves no file open', () => {
  const path = temporaryFile();
  const connection = new Connection(path, engine, {
    onOpen() {
      throw new Error('boom');
    },
  });
  expect(() => connection.open({ create: true, waitMs: 0 })).toThrow(
    expect.objectContaining({ code: 'inbox_unavailable', cause: expect.objectContaining({ message: 'boom' }) }),
  );
});
