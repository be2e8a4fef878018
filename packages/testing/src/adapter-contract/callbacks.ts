import { builtInProviders } from '@call-status/core';
import { prove } from '../callback/callback.ts';
import { type Encoding, encode } from '../callback/encode.ts';
import { proofFor } from '../callback/proof.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import type { Outgoing } from './client.ts';

/** The path of the endpoint in every application of the suite: a mount path in a mount path. */
export const PATH = '/hooks/voice';
/** The secrets of the providers. */
export const SECRET = 'PSK_d0b1c7_of_the_contract';
/** The time of all clocks here: 2026-06-25T20:26:02Z. */
export const NOW = 1_782_419_162_000;
/** Part of every phone number here, so that a search finds it where it must not occur. */
export const NUMBERS = '20255501';

/** Each provider with each encoding that it is known or can be configured to send. */
export const ENCODINGS: readonly (readonly [provider: string, encoding: Encoding])[] = [
  ['signalwire', 'form'],
  ['signalwire', 'json'],
  ['signalwire', 'query'],
  ['exotel', 'multipart'],
  ['exotel', 'form'],
  ['exotel', 'json'],
  ['voicedock', 'json'],
  ['mycpaas', 'form'],
];

/** What may differ between the callbacks of a provider. */
export interface CallbackOptions {
  readonly encoding?: Encoding;
  /** The provider's own word. */
  readonly status?: string;
  /** Tells calls apart. */
  readonly call?: number;
  readonly path?: string;
  readonly query?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A callback that proves nothing yet. Its provider is sure to be recognized. */
export function callback(provider: string, options: CallbackOptions = {}): Fixture {
  const { call = 1, path = PATH, query = '', status, more } = options;
  const { fields, encoding } = FIELDS[provider]?.(call, status) ?? { fields: {}, encoding: 'form' };
  const written = encode(options.encoding ?? encoding, { ...fields, ...more });
  const queries = [query, written.query].filter(Boolean).join('&');
  return {
    provider,
    name: 'made for the contract',
    evidence: 'constructed',
    source: '',
    method: written.query === '' ? 'POST' : 'GET',
    url: queries === '' ? path : `${path}?${queries}`,
    headers: written.headers,
    body: written.body,
    expect: { kind: 'passed-on' },
    recognized: true,
  };
}

/** The callback as its provider would send it to that address. */
export function genuine(callback: Fixture, origin: string, secret: string = SECRET): Fixture {
  const provider = builtInProviders.find(({ definition }) => definition.name === callback.provider);
  if (provider === undefined) throw new TypeError(`There is no built-in provider called ${callback.provider}.`);
  const proof = { nowMs: NOW, ...proofFor(provider, secret) };
  const { url, headers } = prove(provider, { ...callback, origin }, proof);
  return { ...callback, url, headers };
}

/** A fixture as a request to send. */
export function outgoing({ method, url, headers, body }: Fixture): Outgoing {
  const { 'content-length': _, host: __, ...rest } = headers;
  return { method, url, headers: rest, body };
}

const FIELDS: Readonly<
  Record<string, (call: number, status?: string) => { fields: Record<string, unknown>; encoding: Encoding }>
> = {
  signalwire: (call, CallStatus = 'completed') => ({
    encoding: 'form',
    fields: {
      CallSid: `b3877c40-da60-4998-90ad-${String(call).padStart(12, '0')}`,
      AccountSid: 'b3877c40-da60-4998-90ad-b792e98472af',
      CallStatus,
      From: '+12025550101',
      To: '+12025550102',
      Direction: 'outbound-api',
      Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000',
    },
  }),
  exotel: (call, Status = 'completed') => ({
    encoding: 'multipart',
    fields: {
      CallSid: String(call).padStart(32, '0'),
      EventType: 'terminal',
      Status,
      From: '+12025550101',
      To: '+12025550102',
      'Legs[0][Status]': 'completed',
      'Legs[0][OnCallDuration]': '41',
      'Legs[1][Status]': '',
    },
  }),
  voicedock: (call, status = 'ended') => ({
    encoding: 'json',
    fields: {
      message: {
        type: 'status-update',
        timestamp: '2026-06-25T20:26:02.000Z',
        call: { id: `call-${call}`, type: 'inbound_phone_call', status },
        phone_number: { number: '+12025550101' },
        customer: { number: '+12025550102' },
      },
    },
  }),
  mycpaas: (call, CallStatus = 'completed') => ({
    encoding: 'form',
    fields: { CallSid: `CA${String(call).padStart(16, '0')}`, CallStatus },
  }),
};
