// Answers that wait for handlers, which may run in another process that has the same file.
import { createCallStatus, mycpaas } from '@call-status/core';
import { expect, it, onTestFinished } from 'vitest';
import { sqliteInbox } from '../../src/index.ts';
import { temporaryFile } from '../support.ts';

const callback = (call: number) => ({
  method: 'POST',
  url: '/',
  origin: 'https://hooks.example.com',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(`CallSid=CA${call}&CallStatus=completed`),
});

it.each([
  ['two receivers that both handle events', [true, true]],
  ['one that only receives, and one that handles', [false, true]],
])("ack: 'handled' answers 200 with %s", async (_, workers) => {
  const path = temporaryFile();
  let handled = 0;
  const receivers = workers.map((worker) => {
    const log = { warn() {}, error() {} };
    const providers = [mycpaas({ onCompleted: () => handled++ })] as const;
    const calls = createCallStatus({ providers, log, inbox: sqliteInbox({ path }), worker, ack: 'handled' });
    onTestFinished(() => calls.close());
    return calls;
  });
  for (const calls of receivers) await calls.ready();
  const answers = await Promise.all(
    receivers.flatMap((calls, at) => Array.from({ length: 20 }, (__, call) => calls.receive(callback(2 * call + at)))),
  );
  expect(answers.map((answer) => answer?.status)).toEqual(Array(40).fill(200));
  expect(handled).toBe(40);
});
