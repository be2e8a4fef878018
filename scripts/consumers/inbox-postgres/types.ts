/** What the types promise and refuse to someone who keeps the events in PostgreSQL. */
import { createCallStatus, type Inbox } from '@call-status/core';
import { type PostgresInboxOptions, postgresInbox } from '@call-status/inbox-postgres';

const options: PostgresInboxOptions = { url: 'postgres://localhost/calls', ssl: { rejectUnauthorized: true } };
const inbox: Inbox = postgresInbox(options);
createCallStatus({ inbox });

// @ts-expect-error - an inbox, not its URL
createCallStatus({ inbox: 'postgres://localhost/calls' });
