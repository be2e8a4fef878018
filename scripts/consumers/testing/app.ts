/** The contracts run in a repository of a third party, and so do callbacks that are made, sent and handled. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import {
  type ContractTest,
  callback,
  forged,
  inboxContract,
  providerContract,
  readFixtures,
  send,
  testReceiver,
} from '@call-status/testing';
import { acme } from './acme.ts';
import { countingInbox } from './inbox.ts';
import { listener } from './listener.ts';

const fixtures = readFixtures(acme, 'fixtures');

async function runAll(contract: string, tests: readonly ContractTest[]): Promise<void> {
  for (const { name, run } of tests) {
    await run().catch((cause) => {
      throw new Error(`${contract}: ${name}`, { cause });
    });
  }
  console.log(`${contract}: ${tests.length} tests`);
}

await runAll('provider', providerContract(acme, { fixtures }));

let asked = 0;
const inboxTests = await inboxContract(({ clock }) => {
  const inbox = countingInbox(clock, () => {
    asked++;
  });
  return { inbox, cleanup: () => inbox.close() };
});
await runAll('inbox', inboxTests);
assert(asked > inboxTests.length);

const { calls, errors, events, idle, close } = testReceiver({ providers: [acme({ signingKey: 'test' })] });
const server = createServer(listener(calls));
const [over] = fixtures;
assert(over !== undefined);
const completed = callback(acme, over, { secret: 'test', url: '/hooks/acme' });
assert.equal((await send(server, completed)).status, 200);
assert.equal((await send(server, forged(completed))).status, 403);
await idle();
assert.deepEqual(
  events('onCompleted').map(({ callId }) => callId),
  ['a1'],
);
assert.deepEqual(
  errors().map(({ code }) => code),
  ['signature_mismatch'],
);
await close();
