import { inboxContract } from '@call-status/testing';
import { afterAll, describe, it } from 'vitest';
import { findPgBouncer } from '../servers/find.ts';
import { startPgBouncer } from '../servers/pgbouncer.ts';
import { sharedServer } from '../servers/test-server.ts';
import { inboxesAt } from '../support.ts';

const url = await sharedServer();

const isLeftOut = url === undefined || findPgBouncer() === undefined;

describe.skipIf(isLeftOut)('the contract of an inbox, through PgBouncer in transaction mode', async () => {
  if (isLeftOut) return;
  const bouncer = await startPgBouncer(url);
  afterAll(() => bouncer.stop());
  const makeInbox = inboxesAt({ url: bouncer.url, preparedStatements: false });
  for (const { name, run } of await inboxContract(makeInbox)) it(name, () => run());
});
