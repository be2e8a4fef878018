/** What the types promise and refuse to someone who keeps the events in PostgreSQL. */
import { createCallStatus, type Inbox } from '@call-status/core';
import { type PostgresInboxOptions, postgresInbox } from '@call-status/inbox-postgres';

const options: PostgresInboxOptions = { url: 'postgres://localhost/calls', ssl: { rejectUnauthorized: true } };
const inbox: Inbox = postgresInbox(options);
createCallStatus({ inbox });

// @ts-expect-error - an inbox, not its URL
createCallStatus({ inbox: 'postgres://localhost/calls' });

// @ts-expect-error - exactly one of url, hosts and pool
postgresInbox({ url: 'postgres://localhost/calls', hosts: [] });

// @ts-expect-error - one of them is required
postgresInbox({ schema: 'calls' });

// @ts-expect-error - an environment variable that may be missing
postgresInbox({ url: process.env['DATABASE_URL'] });
