import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { memoryInbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { callback, genuine, outgoing } from '../callbacks.ts';
import { openSocket, statuses, wire } from '../client.ts';
import { deferred } from '../deferred.ts';
import type { Subject } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

const LIMIT = 65_536;

/** Whatever clients do to connections, they harm only their own requests. */
export function testConnections({ mount, describe, it }: AdapterSuite): void {
  describe('connections', () => {
    it('that break in the middle of a body leave nothing behind', async (open) => {
      const subject = await open();
      const made = genuine(callback('exotel'), subject.origin);
      const bytes = wire(outgoing(made));
      for (const length of [bytes.length - 1, bytes.length - made.body.length]) {
        const { socket, gone } = await watchedSocket(subject);
        socket.write(bytes.subarray(0, length));
        // The server has received this much once it answers a later request on another connection.
        assert.equal((await subject.send({ method: 'GET', url: '/elsewhere' })).status, 201);
        socket.destroy();
        await gone;
      }
      assert.equal((await subject.send(made)).status, 200);
      const events = await subject.handled(1);
      assert.deepEqual(
        events.map(({ transition }) => transition),
        ['advance'],
      );
      assert.deepEqual(
        subject.errors.filter(({ code }) => code !== 'body_aborted'),
        [],
      );
    });

    it('that are gone before the answer do not lose the event', async (open) => {
      const asked = deferred();
      const allowed = deferred();
      const inbox = memoryInbox();
      const record = inbox.record.bind(inbox);
      const subject = await open({
        options: {
          inbox: Object.assign(inbox, {
            record: async (event: NewEvent) => {
              asked.resolve();
              await allowed.promise;
              return record(event);
            },
          }),
        },
      });
      const { socket, gone } = await watchedSocket(subject);
      socket.write(wire(outgoing(genuine(callback('mycpaas'), subject.origin))));
      await asked.promise;
      socket.destroy();
      await gone;
      allowed.resolve();
      assert.equal((await subject.handled(1)).length, 1);
    });

    it('may carry several requests at once', async (open) => {
      const subject = await open();
      const requests = [1, 2, 3].map((call) => wire(outgoing(genuine(callback('mycpaas', { call }), subject.origin))));
      const refused = wire(outgoing(callback('mycpaas')));
      const socket = await openSocket(subject.port);
      socket.write(Buffer.concat([...requests.slice(0, 2), refused, ...requests.slice(2)]));
      assert.deepEqual(await statuses(socket, 4), [200, 200, 403, 200]);
      socket.destroy();
      assert.equal((await subject.handled(3)).length, 3);
    });

    it('take bodies in chunks, where the URL is only for callbacks', async (open) => {
      const subject = await open();
      const made = { ...outgoing(genuine(callback('signalwire'), subject.origin)), chunked: true };
      for (let time = 1; time <= 2; time++) {
        const answer = await subject.send(made);
        assert.deepEqual([answer.status, answer.reused], [mount.callbackOnly ? 200 : 201, time === 2]);
      }
    });

    it('take a body of exactly the limit, and not one byte more', async (open) => {
      const subject = await open();
      const { url, headers, body } = callback('signalwire');
      for (const [length, chunked, callbackOnly, otherwise] of [
        [LIMIT, false, 200, 200],
        [LIMIT, true, 200, 201],
        [LIMIT + 1, false, 413, 201],
        [LIMIT + 1, true, 413, 201],
        [LIMIT * 20, true, 413, 201],
      ] as const) {
        const padding = Buffer.from(`&Padding=${'x'.repeat(length - body.length - '&Padding='.length)}`);
        const made = { ...callback('signalwire'), url, headers, body: Buffer.concat([body, padding]) };
        const answer = await subject.send({ ...outgoing(genuine(made, subject.origin)), chunked });
        assert.deepEqual(
          [length, chunked, answer.status],
          [length, chunked, mount.callbackOnly ? callbackOnly : otherwise],
        );
        const next = await subject.send({ method: 'GET', url: '/elsewhere' });
        assert.deepEqual([next.status, next.reused], [201, answer.headers.connection !== 'close']);
      }
    });
  });
}

/** A connection, and a promise that resolves when the server knows that it is gone. */
async function watchedSocket(subject: Subject): Promise<{ socket: Socket; gone: Promise<unknown> }> {
  const accepted = once(subject.server, 'connection');
  const socket = await openSocket(subject.port);
  const [connection] = await accepted;
  return { socket, gone: new Promise((resolve) => connection.once('close', resolve)) };
}
