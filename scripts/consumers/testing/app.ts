import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { callback, send, testReceiver } from '@call-status/testing';
import { acme } from './acme.ts';
import { suites } from './suites.ts';

for (const [name, tests] of Object.entries(suites)) {
  describe(name, () => {
    for (const test of tests) it(test.name, test.run);
  });
}

for (const isFaked of [false, true]) {
  it(`a handler is tested, its retry included, with ${isFaked ? 'fake' : 'real'} timers`, async () => {
    if (isFaked) mock.timers.enable();
    const attempts: number[] = [];
    const { calls, clock, events, idle, close } = testReceiver({
      providers: [acme({ signingKey: 'key' })],
      retry: { backoff: () => 3_600_000 },
      onCompleted: (_event, { attempt }) => {
        if (attempts.push(attempt) === 1) throw new Error('not yet');
      },
    });
    const over = callback(acme, OVER, { fields: { seconds: 7 }, secret: 'key', nowMs: clock.now(), url: '/voice' });
    assert.equal((await send(calls, over)).status, 200);
    await idle();
    clock.advance(3_600_000);
    await idle();
    assert.deepEqual(attempts, [1, 2]);
    assert.equal(events('onEnded')[0]?.durationSeconds, 7);
    await close();
    if (isFaked) mock.timers.reset();
  });
}

const OVER = {
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/json', 'x-acme-event': 'call' },
  body: Buffer.from('{"id":"7","state":"over"}'),
};
