import assert from 'node:assert/strict';
import { signalwire } from '@call-status/core';
import { assertMatches } from '../../assertions.ts';
import { sha256 } from '../application.ts';
import { callback, genuine, NUMBERS, PATH, SECRET } from '../callbacks.ts';
import type { Answer } from '../client.ts';
import { seen } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';
import { REFUSALS } from './refusals.ts';

/** Every row of the table of answers: the right status, an empty body, and the connection stays open. */
export function testAnswers({ mount, describe, it, each }: AdapterSuite): void {
  describe('answers', () => {
    it('200 to what it accepts, to duplicates and to unknown statuses', async (open) => {
      const subject = await open();
      for (const status of ['ringing', 'ringing', 'never-heard-of']) {
        const answer = await subject.deliver(callback('signalwire', { status }));
        assert.equal(answer.status, 200);
        expectEmpty(answer);
      }
      const events = await subject.handled(2);
      assert.deepEqual(
        events.map(({ status, transition }) => [status, transition]),
        [
          ['ringing', 'advance'],
          ['unknown', 'repeat'],
        ],
      );
      assert.deepEqual(subject.errors, []);
    });

    it('200 to a GET with only a call id and a status, if the provider is named', async (open) => {
      const subject = await open({ named: 'signalwire' });
      const url = `${PATH}?CallSid=b3877c40-da60-4998-90ad-b792e98472af&CallStatus=completed`;
      const answer = await subject.deliver({ ...callback('signalwire', { encoding: 'query' }), url });
      assert.equal(answer.status, mount.callbackOnly ? 200 : 201);
      assert.deepEqual(subject.errors, []);
    });

    each(
      REFUSALS,
      (row) => `${row.status} ${row.code}: ${row.case}`,
      async (open, { code, status, provider, request, recognized, setup }) => {
        const subject = await open({ named: provider, ...setup?.() });
        const made = request(subject.origin);
        const answer = await subject.send(made);
        if (mount.callbackOnly || recognized) {
          assert.deepEqual([answer.status, subject.errors.map((error) => error.code)], [status, [code]]);
          expectEmpty(answer);
          assert.equal(answer.headers['retry-after'], status === 503 ? '5' : undefined);
        } else {
          assert.deepEqual([answer.status, subject.errors], [201, []]);
          assertMatches(seen(answer), { event: null, bytes: made.body.length, sha256: sha256(made.body) });
        }
        assert.ok(!subject.told().includes(SECRET));
        assert.ok(!subject.told().includes(NUMBERS));

        const next = await subject.send({ method: 'GET', url: '/elsewhere' });
        assert.equal(next.status, 201);
        // Some frameworks hang up instead of reading on.
        assert.equal(next.reused, answer.headers.connection !== 'close');
        assert.deepEqual(subject.events, []);
      },
    );

    it('422 ambiguous_provider: two providers match', async (open) => {
      const twin = { ...signalwire({ signingKey: SECRET }), name: 'twin' };
      const subject = await open({
        options: { providers: [signalwire({ signingKey: SECRET }), twin] },
      });
      const answer = await subject.deliver(callback('signalwire'));
      assert.deepEqual([answer.status, subject.errors.map(({ code }) => code)], [422, ['ambiguous_provider']]);
      expectEmpty(answer);
    });

    it('503 closed, once the receiver is', async (open) => {
      const subject = await open();
      await subject.calls.close();
      const answer = await subject.deliver(callback('signalwire'));
      assert.deepEqual(
        [answer.status, answer.headers['retry-after'], subject.errors.at(-1)?.code],
        [503, '5', 'closed'],
      );
      expectEmpty(answer);
    });

    it('503 not_handled, when the answer waits for handlers and one fails', async (open) => {
      const subject = await open({
        options: {
          ack: 'handled',
          onCompleted: () => {
            throw new Error('no room in the handler');
          },
        },
      });
      const answer = await subject.deliver(callback('signalwire'));
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
      expectEmpty(answer);
      assert.deepEqual(
        subject.errors.map(({ code }) => code),
        ['handler_failed', 'not_handled'],
      );
    });

    it('200 once the handlers are done, when the answer waits for them', async (open) => {
      const done: string[] = [];
      const subject = await open({
        options: {
          ack: 'handled',
          onCompleted: async ({ callId }) => {
            await new Promise(setImmediate);
            done.push(callId);
          },
        },
      });
      const made = callback('mycpaas');
      for (let delivery = 1; delivery <= 2; delivery++) {
        const answer = await subject.deliver(made);
        assert.deepEqual([answer.status, done.length], [200, 1]);
        expectEmpty(answer);
      }
    });

    it('503 after the deadline, when the answer waits for a handler that never ends', async (open) => {
      const subject = await open({
        options: { ack: 'handled', ackDeadlineMs: 1, onCompleted: () => new Promise(() => {}) },
      });
      const answer = await subject.deliver(callback('signalwire'));
      assert.deepEqual([answer.status, subject.errors.map(({ code }) => code)], [503, ['not_handled']]);
    });

    it("leaves the answer to the route with ack: 'manual', but not its refusals", async (open) => {
      const subject = await open({ options: { ack: 'manual' } });
      const made = genuine(callback('signalwire'), subject.origin);
      for (const transition of ['advance', 'duplicate']) {
        const answer = await subject.send(made);
        assert.equal(answer.status, 201);
        assertMatches(seen(answer), {
          event: { provider: 'signalwire', status: 'completed', trust: 'signed', transition },
          bytes: made.body.length,
          sha256: sha256(made.body),
        });
      }
      const refusal = await subject.send(callback('signalwire'));
      assert.equal(refusal.status, 403);
      expectEmpty(refusal);
      assert.equal((await subject.handled(1)).length, 1);
    });
  });
}

function expectEmpty(answer: Answer): void {
  assert.deepEqual([answer.body, answer.headers['content-length']], ['', '0']);
}
