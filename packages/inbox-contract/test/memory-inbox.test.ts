import { memoryInbox } from '@call-status/core';
import { inboxContract } from '../src/index.ts';

inboxContract('memoryInbox', ({ clock }) => {
  const inbox = memoryInbox({ clock });
  return { inbox, cleanup: () => inbox.close() };
});

/** Shared within a process, which is all that memory can be. */
inboxContract('memoryInbox, seen twice,', ({ clock }) => {
  const inbox = memoryInbox({ clock });
  return { inbox, second: async () => inbox, cleanup: () => inbox.close() };
});
