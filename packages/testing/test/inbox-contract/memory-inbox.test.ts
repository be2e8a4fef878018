import { memoryInbox } from '@call-status/core';
import { moveInbox } from '@call-status/core/inbox';
import { describe, it } from 'vitest';
import { inboxContract, type MakeInbox } from '../../src/index.ts';

const RETENTION_MS = 3_600_000;

const MAKERS: readonly (readonly [string, MakeInbox])[] = [
  [
    'memoryInbox',
    ({ clock, advance }) => {
      const inbox = memoryInbox({ clock, retentionMs: RETENTION_MS });
      const retention = { retentionMs: RETENTION_MS, elapse: advance };
      return { inbox, retention, cleanup: () => inbox.close() };
    },
  ],
  [
    // Shared within a process, which is all that memory can be.
    'memoryInbox, seen twice,',
    ({ clock }) => {
      const inbox = memoryInbox({ clock });
      return { inbox, second: async () => inbox, cleanup: () => inbox.close() };
    },
  ],
  [
    'moveInbox',
    ({ clock }) => {
      const inbox = moveInbox(memoryInbox({ clock }), memoryInbox({ clock }));
      return { inbox, cleanup: () => inbox.close() };
    },
  ],
];

describe.each(MAKERS)('%s keeps the contract of an inbox', async (_, makeInbox) => {
  for (const { name, run } of await inboxContract(makeInbox)) it(name, () => run());
});
