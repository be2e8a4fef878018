/** What the types promise and refuse to someone who keeps the events in SQLite. */
import { createCallStatus, type Inbox } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';

const inbox: Inbox = sqliteInbox({ path: 'calls.db' });
createCallStatus({ inbox });

// @ts-expect-error - without a path there is nothing to open
sqliteInbox({});

// @ts-expect-error - an inbox, not its path
createCallStatus({ inbox: 'calls.db' });
