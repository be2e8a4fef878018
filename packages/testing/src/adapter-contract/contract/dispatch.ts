import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import type { HandlerContext } from '@call-status/core';
import { assertMatches } from '../../assertions.ts';
import { callback, genuine, outgoing } from '../callbacks.ts';
import { send } from '../client.ts';
import { deferred } from '../deferred.ts';
import type { AdapterSuite } from '../suite.ts';

/** Handlers run after the answer, and change nothing about it. */
export function testDispatch({ describe, it, each }: AdapterSuite): void {
  describe('handlers', () => {
    it('run when the provider has its answer, even if they block the process', async (open) => {
      const answered = new Int32Array(new SharedArrayBuffer(4));
      const found = deferred<number>();
      const subject = await open({
        options: {
          onCompleted: () => {
            // Blocks this thread until the client, in another thread, has its answer.
            Atomics.wait(answered, 0, 0, 10_000);
            found.resolve(Atomics.load(answered, 0));
          },
        },
      });
      const request = outgoing(genuine(callback('signalwire'), subject.origin));
      const client = new Worker(CLIENT, { eval: true, workerData: { ...request, port: subject.port, answered } });
      assert.equal(await found.promise, 200);
      await client.terminate();
    });

    it('wait while the application still holds the answer', async (open) => {
      const order: string[] = [];
      const turns = async (name: string): Promise<void> => {
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
        order.push(name);
      };
      const subject = await open({
        arriving: () => turns('arrived'),
        leaving: () => turns('left'),
        options: { onCompleted: () => void order.push('handled') },
      });
      assert.equal((await subject.deliver(callback('signalwire'))).status, 200);
      assert.equal((await subject.deliver(callback('signalwire', { encoding: 'query', call: 2 }))).status, 200);
      await subject.handled(2);
      assert.deepEqual(
        order.filter((name) => name !== 'left'),
        ['arrived', 'handled', 'arrived', 'handled'],
      );
      for (const [index, name] of order.entries()) {
        if (name === 'left') assert.equal(order[index + 1], 'handled');
      }
    });

    each(
      [
        ['throws', () => fail()],
        ['rejects', async () => fail()],
        ['never ends', () => new Promise<void>(() => {})],
      ],
      ([value]) => `do not change the answer: one that ${value}`,
      async (open, [_, onCompleted]) => {
        const contexts: HandlerContext[] = [];
        const subject = await open({
          options: {
            onCompleted,
            onEnded: (_event, context) => void contexts.push(context),
            retry: { attempts: 1 },
          },
        });
        for (const call of [1, 2]) {
          const answer = await subject.deliver(callback('mycpaas', { call }));
          assert.deepEqual([answer.status, answer.body], [200, '']);
        }
        await subject.handled(2);
        assert.deepEqual(
          subject.errors.filter(({ code }) => code !== 'handler_failed' && code !== 'dead_letter'),
          [],
        );
      },
    );

    it('get the request of the framework', async (open) => {
      const requests: unknown[] = [];
      const subject = await open({
        options: { onCompleted: (_event, { request }) => void requests.push(request) },
      });
      await subject.deliver(callback('mycpaas'));
      await subject.handled(1);
      const urls = requests.map((request) => (request as { readonly url: string }).url);
      assert.deepEqual(
        urls.map((url) => url.includes('token=')),
        [true],
      );
    });

    it('see an event once, however often and at once it comes', async (open) => {
      const subject = await open();
      const made = outgoing(genuine(callback('signalwire'), subject.origin));
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(subject.port, made)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200, 200],
      );
      await subject.deliver(callback('signalwire', { call: 2 }));
      const events = await subject.handled(2);
      assert.equal(new Set(events.map(({ callId }) => callId)).size, 2);
      assert.equal(events.length, 2);
    });

    it('see the events of one call one after the other', async (open) => {
      let running = 0;
      let most = 0;
      const subject = await open({
        options: {
          onStatus: async () => {
            most = Math.max(most, ++running);
            await new Promise(setImmediate);
            running--;
          },
        },
      });
      const made = ['ringing', 'in-progress', 'completed'].map((status) =>
        outgoing(genuine(callback('signalwire', { status }), subject.origin)),
      );
      const answers = await Promise.all(made.map((request) => send(subject.port, request)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
      const events = await subject.handled(3);
      assert.equal(most, 1);
      assert.deepEqual(events.map(({ status }) => status).sort(), ['completed', 'in-progress', 'ringing']);
      const [event] = events;
      const call = await subject.calls.inbox.getCall('signalwire', event?.callId ?? '');
      assertMatches(call, { status: 'completed', outcome: 'completed' });
    });
  });
}

function fail(): never {
  throw new Error('the handler of the contract');
}

/** In another thread: sends one request, and leaves the status of the answer in shared memory. */
const CLIENT = `
  const { request } = require('node:http');
  const { port, method, url: path, headers, body, answered } = require('node:worker_threads').workerData;
  request({ host: '127.0.0.1', port, method, path, headers }, (res) => {
    res.resume().on('end', () => {
      Atomics.store(answered, 0, res.statusCode);
      Atomics.notify(answered, 0);
    });
  }).end(body);
`;
