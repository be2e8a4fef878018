import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import { inboxContract } from '@call-status/inbox-contract';
import { sqliteInbox } from './sqlite-inbox.ts';

for (const groupCommit of [true, false]) {
  inboxContract(`sqliteInbox ${groupCommit ? 'with' : 'without'} group commit`, ({ clock }) => {
    const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
    const opened: Inbox[] = [];
    const open = async () => {
      const inbox = sqliteInbox({ path: join(folder, 'calls.db'), clock, groupCommit });
      opened.push(inbox);
      return inbox;
    };
    const inbox = sqliteInbox({ path: join(folder, 'calls.db'), clock, groupCommit });
    opened.push(inbox);
    return {
      inbox,
      async reopen() {
        await inbox.close();
        return open();
      },
      second: open,
      async cleanup() {
        for (const each of opened) await each.close();
        rmSync(folder, { recursive: true });
      },
    };
  });
}
