import { memoryInbox } from '@call-status/core';
import { inboxContract } from '../src/index.ts';

inboxContract('memoryInbox', ({ clock }) => {
  const inbox = memoryInbox({ clock });
  return { inbox, cleanup: () => inbox.close() };
});
