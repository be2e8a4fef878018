import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import {
  CALL_STATUSES,
  type CallStatus,
  type CallStatusEvent,
  createCallStatus,
  ERRORS,
  type ErrorCode,
} from '@call-status/core';
import { type Fixture, loadFixtures } from '@call-status/testing/adapter-contract/fixtures';
import { signed } from '@call-status/testing/adapter-contract/signed';

const secret = (): string => randomBytes(24).toString('base64url');

/** What the examples and the providers share. */
export const secrets = { signalwire: secret(), voicedock: secret(), exotel: secret(), mycpaas: secret() };

/** A callback of a provider, and what makes it pass as genuine or not. */
export interface Callback extends Fixture {
  /** Signs it, or puts the token into its URL. */
  sign(fixture: Fixture, origin: string): Fixture;
}

/** Callbacks that the providers document, that were seen on the wire, or that are made after what is. */
export const genuine: readonly Callback[] = loadFixtures()
  .filter(({ expect, evidence, after }) => expect.kind === 'event' && (evidence !== 'constructed' || after))
  .sort((a, b) => rank(a) - rank(b))
  .sort((a, b) => a.provider.localeCompare(b.provider))
  .map((fixture) => ({ ...fixture, url: fixture.url.replace(/^[^?]*/, `/webhooks/${fixture.provider}`), sign }));

/** Requests that must not get in. */
export const forgeries: readonly { title: string; callback: Callback }[] = [
  {
    title: 'signed with another key',
    callback: { ...first('signalwire'), sign: (fixture, origin) => sign(fixture, origin, 'another key') },
  },
  {
    title: 'a field changed on the way',
    callback: { ...first('signalwire'), sign: (fixture, origin) => changed(sign(fixture, origin)) },
  },
  { title: 'no signature', callback: { ...first('voicedock'), sign: (fixture) => fixture } },
  {
    title: 'a genuine one, sent again an hour later',
    callback: {
      ...first('voicedock'),
      sign: (fixture, origin) => sign(fixture, origin, secrets.voicedock, Date.now() - 3_600_000),
    },
  },
  { title: 'no token', callback: { ...first('exotel'), sign: (fixture) => fixture } },
  {
    title: 'a guessed token',
    callback: { ...first('mycpaas'), sign: (fixture, origin) => sign(fixture, origin, 'guessed') },
  },
  { title: 'no call id', callback: { ...first('mycpaas'), body: Buffer.from('CallStatus=completed') } },
  { title: 'not JSON', callback: { ...first('voicedock'), body: Buffer.from('{"message":') } },
  { title: 'plain text', callback: { ...first('exotel'), headers: { 'content-type': 'text/plain' } } },
  { title: '100 KB', callback: { ...first('exotel'), body: Buffer.alloc(100_000, 'a') } },
];

/** Where in a call it comes. */
function rank({ expect }: Fixture): number {
  return expect.kind === 'event' ? CALL_STATUSES.indexOf(expect.event['status'] as CallStatus) : -1;
}

/** Sends a callback as its provider would, and returns the status of the answer. */
export function send(origin: string, callback: Callback): Promise<number> {
  const { method, url, headers, body } = callback.sign(callback, origin);
  return new Promise((resolve, reject) => {
    request(origin + url, {
      method,
      headers: { ...headers, host: new URL(origin).host, 'content-length': body.length },
    })
      .on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      })
      .on('error', reject)
      .end(body);
  });
}

const unproven = createCallStatus({
  worker: false,
  allowUnauthenticated: true,
  log: { info() {}, warn() {}, error() {} },
});

/** The id of the event that a callback makes, which is the same in every process. */
export async function eventIdOf(callback: Callback): Promise<string> {
  const { provider, method, url, headers, body } = callback;
  const endpoint = unproven.provider(provider as CallStatusEvent['provider']);
  const receipt = await endpoint.receive({ method, url, headers, body, origin: 'http://localhost' });
  if (receipt?.event === undefined) throw new Error(`A callback of ${provider} makes no event.`);
  return receipt.event.id;
}

/** The first sentence of an error. */
export function reasonOf(code: string | undefined): string {
  const { message } = ERRORS[code as ErrorCode] ?? { message: '' };
  return `${code}: ${message.split('. ')[0]}`;
}

function first(provider: keyof typeof secrets): Callback {
  const callback = genuine.find((candidate) => candidate.provider === provider && candidate.method === 'POST');
  if (callback === undefined) throw new Error(`There is no callback of ${provider}.`);
  return callback;
}

function sign(fixture: Fixture, origin: string, key?: string, now: number = Date.now()): Fixture {
  return signed(fixture, { origin, secret: key ?? secrets[fixture.provider as keyof typeof secrets], now });
}

function changed(fixture: Fixture): Fixture {
  return { ...fixture, body: Buffer.from(fixture.body.toString().replace('CallStatus=', 'CallStatus=x')) };
}
