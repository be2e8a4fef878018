import { memoryInbox } from '@call-status/core';
import { inboxContract } from '../../src/inbox-contract/index.ts';

const RETAIN_FOR_MS = 3_600_000;

inboxContract('memoryInbox', ({ clock, advance }) => {
  const inbox = memoryInbox({ clock, retentionMs: RETAIN_FOR_MS });
  const retention = { retentionMs: RETAIN_FOR_MS, elapse: advance };
  return { inbox, retention, cleanup: () => inbox.close() };
});

/** Shared within a process, which is all that memory can be. */
inboxContract('memoryInbox, seen twice,', ({ clock }) => {
  const inbox = memoryInbox({ clock });
  return { inbox, second: async () => inbox, cleanup: () => inbox.close() };
});
