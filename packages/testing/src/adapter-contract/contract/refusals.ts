import { type ErrorCode, type Inbox, memoryInbox, signalwire, voicedock } from '@call-status/core';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import { type CallbackOptions, callback, genuine, SECRET } from '../callbacks.ts';
import type { SubjectOptions } from '../subject.ts';

/** A row of the table of answers. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly case: string;
  readonly provider: string;
  readonly request: (origin: string) => Fixture;
  /** Whether the request is recognized as the provider's callback all the same. */
  readonly recognized: boolean;
  readonly setup?: () => SubjectOptions;
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

/** Every way to be refused. */
export const REFUSALS: readonly Refusal[] = [
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
    case: 'a status that is not a string',
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
    case: 'an invalid content type',
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
    case: 'an unreachable store of secrets',
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
