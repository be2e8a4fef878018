import { inboxContract } from '@call-status/testing';
import { describe, it } from 'vitest';
import { sharedServer } from './servers/test-server.ts';
import { inboxesAt } from './support.ts';

const url = await sharedServer();

describe.skipIf(url === undefined)('the contract of an inbox, on a server', async () => {
  if (url === undefined) return;
  for (const { name, run } of await inboxContract(inboxesAt({ url }))) it(name, () => run());
});
