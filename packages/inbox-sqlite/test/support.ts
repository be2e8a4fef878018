import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Inbox } from '@call-status/core';
import { afterEach } from 'vitest';
import { type Database, type DatabaseClass, loadEngine } from '../src/database/engine.ts';
import { resolveOptions, type SqliteInboxOptions } from '../src/options.ts';
import { SqliteInbox } from '../src/sqlite-inbox.ts';
import { Connection } from '../src/store/connection.ts';
import { CommitLoop } from '../src/thread/commit-loop.ts';
import { ExitGate } from '../src/thread/exit-gate.ts';

const folders: string[] = [];
const inboxes: Inbox[] = [];

afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The name of a file that does not exist yet, in its own folder, which is removed after the test. */
export function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  folders.push(folder);
  return join(folder, 'calls.db');
}

/** Changes that a test makes to an inbox. */
export interface Changes {
  /** Changes the settings of each new connection for writing. */
  readonly onOpen?: (db: Database) => void;
  readonly engine?: DatabaseClass;
  /** The monotonic clock beside `clock`. */
  readonly mono?: () => number;
}

/**
 * Creates an inbox that commits in this thread, where a test can reach the connection and coverage sees the code. By default it creates its
 * file.
 */
export function unthreadedInbox(
  options: SqliteInboxOptions,
  { onOpen, engine = loadEngine(), mono }: Changes = {},
): SqliteInbox {
  const resolved = resolveOptions({ create: true, ...options }, mono);
  const { path, times } = resolved;
  return new SqliteInbox(resolved, new Connection(path, engine, { times }), (waits) => {
    const { port1, port2 } = new MessageChannel();
    const connection = new Connection(path, engine, { times, ...(onOpen && { onOpen }) });
    if (waits) connection.open({ create: false, waitMs: resolved.busyTimeoutMs });
    new CommitLoop(port2, connection, new ExitGate(ExitGate.memory()), resolved);
    return port1;
  });
}

/** Creates such an inbox, and closes it after the test. */
export function openInbox(...args: Parameters<typeof unthreadedInbox>): SqliteInbox {
  const inbox = unthreadedInbox(...args);
  inboxes.push(inbox);
  return inbox;
}

/** Takes and finishes all jobs, and returns the ids of the events. */
export async function handleAll(inbox: Inbox): Promise<string[]> {
  const handled: string[] = [];
  for (;;) {
    const { jobs } = await inbox.take({ limit: 100, leaseMs: 10_000, owner: 'test' });
    if (jobs.length === 0) return handled;
    for (const { lease, event } of jobs) {
      handled.push(event.id);
      await inbox.finish(lease);
    }
  }
}
