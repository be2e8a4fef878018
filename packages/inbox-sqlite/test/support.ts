import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import { afterEach } from 'vitest';
import { type Database, loadEngine } from '../src/engine.ts';
import { resolveOptions, type SqliteInboxOptions } from '../src/options.ts';
import { SqliteInbox } from '../src/sqlite-inbox.ts';

const folders: string[] = [];
const inboxes: Inbox[] = [];

afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The name of a file that does not exist yet, in a folder of its own that is removed after the test. */
export function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  folders.push(folder);
  return join(folder, 'calls.db');
}

/** Opens an inbox that is closed after the test. */
export function openInbox(options: SqliteInboxOptions, onOpen?: (db: Database) => void): Inbox {
  const inbox = new SqliteInbox(resolveOptions(options), loadEngine(), onOpen);
  inboxes.push(inbox);
  return inbox;
}

/** Takes and finishes what is there, and returns the ids of the events. */
export async function handleAll(inbox: Inbox): Promise<string[]> {
  const handled: string[] = [];
  for (;;) {
    const { work } = await inbox.take({ limit: 100, leaseMs: 10_000, owner: 'test' });
    if (work.length === 0) return handled;
    for (const { lease, event } of work) {
      handled.push(event.id);
      await inbox.finish(lease);
    }
  }
}
