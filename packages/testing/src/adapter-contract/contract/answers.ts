import { type ErrorCode, type Inbox, memoryInbox, signalwire, voicedock } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { sha256 } from '../application.ts';
import { type CallbackOptions, callback, genuine, NUMBERS, PATH, SECRET } from '../callbacks.ts';
import type { Answer } from '../client.ts';
import type { Fixture } from '../fixtures.ts';
import { open, type SubjectOptions, seen } from '../subject.ts';

/** A row of the table of answers. */
interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly case: string;
  readonly provider: string;
  readonly request: (origin: string) => Fixture;
  /** Whether the request is recognised as the provider's callback all the same. */
  readonly recognized: boolean;
  readonly setup?: () => SubjectOptions;
}

/** Every row of the table of answers: the status, nothing else, and the connection stays. */
export function testAnswers(adapter: Adapter, mount: Mount): void {
  describe('answers', () => {
    it('200 to what it accepts, to duplicates and to unknown statuses', async () => {
      const subject = await open(adapter, { mount: mount.name });
      for (const status of ['ringing', 'ringing', 'never-heard-of']) {
        const answer = await subject.deliver(callback('signalwire', { status }));
        expect(answer.status).toBe(200);
        expectEmpty(answer);
      }
      const events = await subject.handled(2);
      expect(events.map(({ status, transition }) => [status, transition])).toEqual([
        ['ringing', 'advance'],
        ['unknown', 'repeat'],
      ]);
      expect(subject.errors).toEqual([]);
    });

    it('200 to a GET with a call id and a status alone, where its provider is named', async () => {
      const subject = await open(adapter, { mount: mount.name, named: 'signalwire' });
      const url = `${PATH}?CallSid=b3877c40-da60-4998-90ad-b792e98472af&CallStatus=completed`;
      const answer = await subject.deliver({ ...callback('signalwire', { encoding: 'query' }), url });
      expect(answer.status).toBe(mount.callbackOnly ? 200 : 201);
      expect(subject.errors).toEqual([]);
    });

    it.each(REFUSALS)('$status $code: $case', async ({ code, status, provider, request, recognized, setup }) => {
      const subject = await open(adapter, { mount: mount.name, named: provider, ...setup?.() });
      const made = request(subject.origin);
      const answer = await subject.send(made);
      if (mount.callbackOnly || recognized) {
        expect([answer.status, subject.errors.map((error) => error.code)]).toEqual([status, [code]]);
        expectEmpty(answer);
        expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
      } else {
        expect([answer.status, subject.errors]).toEqual([201, []]);
        expect(seen(answer)).toMatchObject({ event: null, bytes: made.body.length, sha256: sha256(made.body) });
      }
      expect(subject.told()).not.toContain(SECRET);
      expect(subject.told()).not.toContain(NUMBERS);

      const next = await subject.send({ method: 'GET', url: '/elsewhere' });
      expect(next.status).toBe(201);
      // Some frameworks rather hang up than read on.
      expect(next.reused).toBe(answer.headers.connection !== 'close');
      expect(subject.events).toEqual([]);
    });

    it('422 ambiguous_provider: two fit', async () => {
      const twin = { ...signalwire({ signingKey: SECRET }), name: 'twin' };
      const subject = await open(adapter, {
        mount: mount.name,
        options: { providers: [signalwire({ signingKey: SECRET }), twin] },
      });
      const answer = await subject.deliver(callback('signalwire'));
      expect([answer.status, subject.errors.map(({ code }) => code)]).toEqual([422, ['ambiguous_provider']]);
      expectEmpty(answer);
    });

    it('503 closed, once the receiver is', async () => {
      const subject = await open(adapter, { mount: mount.name });
      await subject.calls.close();
      const answer = await subject.deliver(callback('signalwire'));
      expect([answer.status, answer.headers['retry-after'], subject.errors.at(-1)?.code]).toEqual([503, '5', 'closed']);
      expectEmpty(answer);
    });

    it('503 not_handled, when the answer waits for handlers and one fails', async () => {
      const subject = await open(adapter, {
        mount: mount.name,
        options: {
          ack: 'handled',
          onCompleted: () => {
            throw new Error('no room in the handler');
          },
        },
      });
      const answer = await subject.deliver(callback('signalwire'));
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
      expectEmpty(answer);
      expect(subject.errors.map(({ code }) => code)).toEqual(['handler_failed', 'not_handled']);
    });

    it('200 once the handlers are done, when the answer waits for them', async () => {
      const done: string[] = [];
      const subject = await open(adapter, {
        mount: mount.name,
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
        expect([answer.status, done.length]).toEqual([200, 1]);
        expectEmpty(answer);
      }
    });

    it('503 after the deadline, when the answer waits for a handler that never ends', async () => {
      const subject = await open(adapter, {
        mount: mount.name,
        options: { ack: 'handled', ackDeadlineMs: 1, onCompleted: () => new Promise(() => {}) },
      });
      const answer = await subject.deliver(callback('signalwire'));
      expect([answer.status, subject.errors.map(({ code }) => code)]).toEqual([503, ['not_handled']]);
    });

    it("leaves the answer to the route with ack: 'manual', but not its refusals", async () => {
      const subject = await open(adapter, { mount: mount.name, options: { ack: 'manual' } });
      const made = genuine(callback('signalwire'), subject.origin);
      for (const transition of ['advance', 'duplicate']) {
        const answer = await subject.send(made);
        expect(answer.status).toBe(201);
        expect(seen(answer)).toMatchObject({
          event: { provider: 'signalwire', status: 'completed', trust: 'signed', transition },
          bytes: made.body.length,
          sha256: sha256(made.body),
        });
      }
      const refusal = await subject.send(callback('signalwire'));
      expect(refusal.status).toBe(403);
      expectEmpty(refusal);
      expect(await subject.handled(1)).toHaveLength(1);
    });
  });
}

function expectEmpty(answer: Answer): void {
  expect([answer.body, answer.headers['content-length']]).toEqual(['', '0']);
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

function padded(body: Buffer, length: number): Buffer {
  const start = Buffer.concat([body, Buffer.from('&Padding=')]);
  return Buffer.concat([start, Buffer.alloc(length - start.length, 'x')]);
}
