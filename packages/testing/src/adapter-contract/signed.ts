import { createHash, createHmac } from 'node:crypto';
import type { Fixture } from './fixtures.ts';

/** What a provider proves itself with. */
export interface Proof {
  /** Scheme and host under which the provider calls. */
  readonly origin: string;
  /** The signing key; for a provider that cannot sign, the token. */
  readonly secret: string;
  /** The provider's time, in milliseconds since the epoch. */
  readonly now: number;
}

/** The fixture as its provider would send it to that origin: signed, or with the token in its URL. */
export function signed(fixture: Fixture, proof: Proof): Fixture {
  switch (fixture.provider) {
    case 'signalwire':
      return signedBySignalwire(fixture, proof);
    case 'voicedock':
      return signedByVoicedock(fixture, proof);
    default:
      return withParameter(fixture, 'token', proof.secret);
  }
}

function signedBySignalwire(fixture: Fixture, { origin, secret }: Proof): Fixture {
  const isForm = fixture.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const isJson = fixture.headers['content-type']?.startsWith('application/json') ?? false;
  const covered = isJson
    ? withParameter(fixture, 'bodySHA256', createHash('sha256').update(fixture.body).digest('hex'))
    : fixture;
  const fields = isForm ? [...new URLSearchParams(fixture.body.toString())] : [];
  const content = fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat();
  const signature = createHmac('sha1', secret)
    .update([origin, covered.url, ...content].join(''))
    .digest('base64');
  return { ...covered, headers: { ...covered.headers, 'x-signalwire-signature': signature } };
}

function signedByVoicedock(fixture: Fixture, { secret, now }: Proof): Fixture {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(fixture.body).digest('hex');
  const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': `sha256=${signature}` };
  return { ...fixture, headers: { ...fixture.headers, ...headers } };
}

function withParameter(fixture: Fixture, name: string, value: string): Fixture {
  const separator = fixture.url.includes('?') ? '&' : '?';
  return { ...fixture, url: `${fixture.url}${separator}${name}=${encodeURIComponent(value)}` };
}
