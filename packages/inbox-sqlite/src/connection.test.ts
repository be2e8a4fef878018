import { copyFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { anEvent } from '../test/events.ts';
import { openInbox, temporaryFile } from '../test/support.ts';
import { Connection } from './connection.ts';
import { loadEngine } from './engine.ts';
import { pragma } from './open.ts';
import { rowOf } from './row-of.ts';

const engine = loadEngine();

it('a connection that reads leaves copying into the file, which takes its time, to the one that writes', () => {
  const path = temporaryFile();
  const [reading, writing] = [new Connection(path, engine), new Connection(path, engine)];
  reading.open({ create: true, waitMs: 0 });
  const store = writing.open({ create: false, waitMs: 0 });
  store.begin();
  store.record(rowOf(anEvent('c1')), store.now(undefined));
  store.commit();
  const committed = statSync(`${path}-wal`).size;
  reading.close();
  expect(statSync(`${path}-wal`).size).toBe(committed);
  writing.checkpoint();
  expect(statSync(`${path}-wal`).size).toBe(0);
  writing.close();
});

it('when an inbox is closed, its file alone is a whole copy, also while another one has it open', async () => {
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
