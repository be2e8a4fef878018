import process from 'node:process';
import { inboxContract } from '@call-status/testing';
import { afterAll, describe, it } from 'vitest';
import { openPglite, pgliteDriver } from './servers/pglite.ts';
import { sharedServer } from './servers/test-server.ts';
import { inboxesAt } from './support.ts';

// With a server, the contract runs there: this is the part that can be tested without one.
const isLeftOut = !process.env['CI'] && (await sharedServer()) !== undefined;

describe.skipIf(isLeftOut)('the contract of an inbox, over PGlite', async () => {
  if (isLeftOut) return;
  const db = await openPglite();
  const driver = pgliteDriver(db);
  afterAll(() => db.close());
  const query = async (text: string) => (await db.exec(text)).at(-1)?.rows ?? [];
  const makeInbox = inboxesAt(
    { url: 'postgres://in/this/process', preparedStatements: false },
    { driver: () => driver, query },
  );
  for (const { name, run } of await inboxContract(makeInbox)) {
    // The transaction of a handler would have the only connection, while the inbox needs one.
    if (!name.startsWith('transactions')) it(name, () => run());
  }
});
