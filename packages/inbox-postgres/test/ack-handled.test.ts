// Answers that wait for handlers, which may run on another host.
import { createCallStatus, mycpaas, type Receiver } from '@call-status/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postgresInbox } from '../src/index.ts';
import { freshSchema, sharedServer } from './servers/test-server.ts';

const url = await sharedServer();

describe.skipIf(url === undefined)("ack: 'handled'", () => {
  const host = (schema: string, worker: boolean, onCompleted: () => unknown) => {
    const inbox = postgresInbox({ url: url as string, schema });
    const log = { warn() {}, error() {} };
    const calls = createCallStatus({ providers: [mycpaas({ onCompleted })], log, inbox, worker, ack: 'handled' });
    onTestFinished(() => calls.close());
    return calls;
  };
  const callback = (call: number) => ({
    method: 'POST',
    url: '/',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(`CallSid=CA${call}&CallStatus=completed`),
  });

  it.each([
    ['two hosts that both handle events', [true, true]],
    ['a host that only receives, and one that handles', [false, true]],
  ])('answers 200 with %s', async (_, workers) => {
    const schema = freshSchema(url as string);
    let handled = 0;
    const hosts = workers.map((worker) => host(schema, worker, () => handled++));
    for (const calls of hosts) await calls.ready();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (__, call) => (hosts[call % 2] as Receiver).receive(callback(call))),
    );
    expect(answers.map((answer) => answer?.status)).toEqual(Array(40).fill(200));
    expect(handled).toBe(40);
  });
});
