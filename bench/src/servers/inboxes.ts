import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';

/** An SQLite inbox in a new file, which goes when the process does. On the disk of `TMPDIR`: choose a real one. */
export async function newSqliteInbox(groupCommit: boolean): Promise<Inbox> {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return sqliteInbox({ path: join(folder, 'inbox.db'), groupCommit });
}
