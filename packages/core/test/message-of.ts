import type { Fixture } from '../../testing/src/fixtures/fixture-file.ts';
import { DEFAULT_LIMITS } from '../src/decode/fields.ts';
import { IncomingCallback } from '../src/provider/incoming-callback.ts';

/** Where the requests of these tests go. */
export const ORIGIN = 'https://hooks.example.com';

/** A request as a provider sends it. */
export interface Sent extends Pick<Fixture, 'method' | 'url' | 'headers'> {
  readonly body?: Uint8Array | string;
  /** What another parser made of the body, which it consumed. */
  readonly parsed?: unknown;
}

/** The message that a request becomes. */
export function messageOf({ body, ...sent }: Sent, origin: string = ORIGIN, publicUrl?: string): IncomingCallback {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return new IncomingCallback({ ...sent, origin, body: bytes }, DEFAULT_LIMITS, publicUrl);
}

/** A form, sent by POST. */
export function formOf(fields: Readonly<Record<string, string>>, url = '/hooks', headers: Sent['headers'] = {}): Sent {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  };
}

/** A JSON body, sent by POST. */
export function jsonOf(body: string | object, url = '/hooks', headers: Sent['headers'] = {}): Sent {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
