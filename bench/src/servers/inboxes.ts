import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Inbox, memoryInbox } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';

/** An SQLite inbox in a new file. */
export async function newSqliteInbox(groupCommit: boolean): Promise<Inbox> {
  return sqliteInbox({ path: newFile(), create: true, groupCommit });
}

/** A PostgreSQL inbox in a new schema of the database whose URL is in `BENCH_POSTGRES`. */
export async function newPostgresInbox(): Promise<Inbox> {
  const inbox = postgresInbox({ url: process.env['BENCH_POSTGRES'] ?? '', schema: `inbox_${process.pid}` });
  await inbox.ready?.({ create: true });
  return inbox;
}

/**
 * The memory inbox, and each event is appended to a file and synced, in a thread, all of a turn together: the least that a durable 200
 * can cost. Nothing can be found again in that file.
 */
export async function newAppendInbox(): Promise<Inbox> {
  const memory = memoryInbox();
  const thread = new Worker(new URL('./append-thread.js', import.meta.url), { workerData: newFile() });
  let texts: string[] = [];
  const waiting: (() => void)[] = [];
  thread.on('message', (count: number) => {
    for (const resolve of waiting.splice(0, count)) resolve();
  });
  const send = (): void => {
    thread.postMessage(texts);
    texts = [];
  };
  const record: Inbox['record'] = async (event) => {
    const text = JSON.stringify(event);
    const recorded = await memory.record(event);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (texts.push(text) === 1) setImmediate(send);
    });
    return recorded;
  };
  return new Proxy(memory, {
    get(target, name) {
      if (name === 'durable') return true;
      if (name === 'record') return record;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** A file that goes when the process does. On the disk of `TMPDIR`: choose a real one. */
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'inbox.db');
}
