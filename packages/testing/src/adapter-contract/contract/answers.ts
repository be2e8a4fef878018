import assert from 'node:assert/strict';
import { type ErrorCode, type Inbox, memoryInbox, signalwire, voicedock } from '@call-status/core';
import { assertMatches } from '../../assertions.ts';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import { sha256 } from '../application.ts';
import { type CallbackOptions, callback, genuine, NUMBERS, PATH, SECRET } from '../callbacks.ts';
import type { Answer } from '../client.ts';
import { type SubjectOptions, seen } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

/** A row of the table of answers. */
interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly case: string;
  readonly provider: string;
  readonly request: (origin: string) => Fixture;
  /** Whether the request is recognized as the provider's callback all the same. */
  readonly recognized: boolean;
  readonly setup?: () => SubjectOptions;
}

/** Every row of the table of answers: the status, nothing else, and the connection stays. */
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

    it('200 to a GET with a call id and a status alone, where its provider is named', async (open) => {
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
        // Some frameworks rather hang up than read on.
        assert.equal(next.reused, answer.headers.connection !== 'close');
        assert.deepEqual(subject.events, []);
      },
    );

    it('422 ambiguous_provider: two fit', async (open) => {
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

function forged(provider: string, options?: CallbackOptions): Refusal['request'] {
  return (origin) => genuine(callback(provider, options), origin, 'another secret');
}

function edited(
  provider: string,
  edit: (made: Fixture) => Partial<Fixture>,
  options?: CallbackOptions,
): Refusal['request'] {
  return (origin) => {
    const made = callback(provider, options);
    return genuine({ ...made, ...edit(made) }, origin);
  };
}

function withHeaders(headers: Readonly<Record<string, string>>): (made: Fixture) => Partial<Fixture> {
  return (made) => ({ headers: { ...made.headers, ...headers } });
}

function withInbox(overrides: Partial<Inbox>): () => SubjectOptions {
  return () => ({ options: { inbox: Object.assign(memoryInbox(), overrides) } });
}

const REFUSALS: readonly Refusal[] = [
  {
    status: 403,
    code: 'signature_missing',
    case: 'a form',
    provider: 'signalwire',
    recognized: true,
    request: () => callback('signalwire'),
  },
  {
    status: 403,
    code: 'signature_mismatch',
    case: 'a form signed with another key',
    provider: 'signalwire',
    recognized: true,
    request: forged('signalwire'),
  },
  {
    status: 403,
    code: 'signature_mismatch',
    case: 'a query signed with another key',
    provider: 'signalwire',
    recognized: true,
    request: forged('signalwire', { encoding: 'query' }),
  },
  {
    status: 403,
    code: 'signature_mismatch',
    case: 'bytes signed with another key',
    provider: 'voicedock',
    recognized: true,
    request: forged('voicedock'),
  },
  {
    status: 403,
    code: 'signature_expired',
    case: 'a replay',
    provider: 'voicedock',
    recognized: true,
    setup: () => ({ options: { clock: () => 0, providers: [voicedock({ secret: SECRET })] } }),
    request: (origin) => genuine(callback('voicedock'), origin),
  },
  {
    status: 403,
    code: 'token_missing',
    case: 'a multipart body',
    provider: 'exotel',
    recognized: true,
    request: () => callback('exotel'),
  },
  {
    status: 403,
    code: 'token_mismatch',
    case: 'a form',
    provider: 'mycpaas',
    recognized: true,
    request: forged('mycpaas'),
  },
  {
    status: 422,
    code: 'invalid_callback',
    case: 'no call id',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', () => ({ body: Buffer.from('CallStatus=completed&From=%2B12025550101') })),
  },
  {
    status: 422,
    code: 'invalid_callback',
    case: 'a status that is no text',
    provider: 'voicedock',
    recognized: false,
    request: edited('voicedock', () => ({
      body: Buffer.from('{"message":{"type":"status-update","call":{"id":"+12025550101","status":7}}}'),
    })),
  },
  {
    status: 400,
    code: 'malformed_body',
    case: 'half of a JSON text',
    provider: 'voicedock',
    recognized: false,
    request: edited('voicedock', ({ body }) => ({ body: body.subarray(0, 99) })),
  },
  {
    status: 400,
    code: 'malformed_body',
    case: 'an empty JSON body',
    provider: 'exotel',
    recognized: false,
    request: edited('exotel', () => ({ body: Buffer.alloc(0) }), { encoding: 'json' }),
  },
  {
    status: 400,
    code: 'malformed_body',
    case: 'half of a multipart body',
    provider: 'exotel',
    recognized: false,
    request: edited('exotel', ({ body }) => ({ body: body.subarray(0, 99) })),
  },
  {
    status: 413,
    code: 'body_too_large',
    case: 'one byte over the limit',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', ({ body }) => ({ body: padded(body, 65_537) })),
  },
  {
    status: 413,
    code: 'body_too_large',
    case: 'many times the limit',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', ({ body }) => ({ body: padded(body, 1_000_000) })),
  },
  {
    status: 413,
    code: 'body_too_large',
    case: 'too many fields',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', () => ({ body: Buffer.from('a=1&'.repeat(1001)) })),
  },
  {
    status: 415,
    code: 'unsupported_media_type',
    case: 'a text',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', withHeaders({ 'content-type': 'text/plain' })),
  },
  {
    status: 415,
    code: 'unsupported_media_type',
    case: 'a content type that is none',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', withHeaders({ 'content-type': '//' })),
  },
  {
    status: 415,
    code: 'unsupported_encoding',
    case: 'a compressed body',
    provider: 'mycpaas',
    recognized: false,
    request: edited('mycpaas', withHeaders({ 'content-encoding': 'gzip' })),
  },
  {
    status: 503,
    code: 'secret_unavailable',
    case: 'a store of secrets that is away',
    provider: 'signalwire',
    recognized: true,
    setup: () => ({
      options: { providers: [signalwire({ signingKey: () => Promise.reject(new Error('connection refused')) })] },
    }),
    request: (origin) => genuine(callback('signalwire'), origin),
  },
  {
    status: 503,
    code: 'unexpected',
    case: 'a publicUrl function that throws',
    provider: 'signalwire',
    recognized: true,
    setup: () => ({
      options: {
        publicUrl: () => {
          throw new Error('no such tenant');
        },
      },
    }),
    request: (origin) => genuine(callback('signalwire'), origin),
  },
  {
    status: 503,
    code: 'inbox_unavailable',
    case: 'an inbox that rejects',
    provider: 'exotel',
    recognized: true,
    setup: withInbox({ record: () => Promise.reject(new Error('no connection')) }),
    request: (origin) => genuine(callback('exotel'), origin),
  },
];

function padded(body: Uint8Array, length: number): Buffer {
  const start = Buffer.concat([body, Buffer.from('&Padding=')]);
  return Buffer.concat([start, Buffer.alloc(length - start.length, 'x')]);
}
