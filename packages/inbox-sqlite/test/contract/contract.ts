import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import type { Clock } from '@call-status/core/inbox';
import { inboxContract, type MakeInbox } from '@call-status/testing';
import { describe, it } from 'vitest';
import type { SqliteInboxOptions } from '../../src/options.ts';

/** Tests that inboxes of a kind keep the contract. */
export function testContract(kind: string, make: (options: SqliteInboxOptions) => Inbox, groupCommit: boolean): void {
  const makeInbox: MakeInbox = ({ clock }) => {
    const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
    const opened: Inbox[] = [];
    const open = async ({ clock: theirs = clock }: { clock?: Clock } = {}) => {
      const inbox = make({ path: join(folder, 'calls.db'), create: true, clock: theirs, groupCommit });
      opened.push(inbox);
      return inbox;
    };
    const inbox = make({ path: join(folder, 'calls.db'), create: true, clock, groupCommit });
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
  };

  describe(`${kind} keeps the contract of an inbox`, async () => {
    for (const { name, run } of await inboxContract(makeInbox)) it(name, () => run());
  });
}
