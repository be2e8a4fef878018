// Requests that no provider sent: whatever an attacker changes, the diagnosis is never certain, and never costs more than its bound.
import { describe, expect, it } from 'vitest';
import { fixtures } from '../../../testing/src/fixtures/fixtures.ts';
import { Random } from '../../../testing/src/random.ts';
import type { CallbackRequest } from '../../src/callback-request.ts';
import { builtInProviders } from '../../src/options/built-in-providers.ts';
import { parsedForm, says } from './changes.ts';
import { type Change, diagnosisOf, type Factory, sentBy } from './fault.ts';

const ROUNDS = 60;

/** A header that proves who sent a request. */
const PROOF = /signature|authorization|x-vapi-secret/;

/** Another proof: as long as the right one, and of the same characters. */
function forgedProof(random: Random): Change {
  return (request) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [
      name,
      PROOF.test(name) ? shuffledEnd(random, String(value)) : value,
    ]);
    return { ...request, url: request.url.replace(/token=[^&]*/, 'token=guess'), headers: Object.fromEntries(headers) };
  };
}

/** What comes after the scheme of a header, such as `Bearer `, with its characters in another order. */
function shuffledEnd(random: Random, proof: string): string {
  const start = proof.slice(0, -24);
  return start + random.shuffled(proof.slice(-24).split('')).join('');
}

const HOSTS = [
  'evil.example.net',
  'hooks.example.com:1',
  '[::1]',
  'a@b',
  'x/../y',
  '\u0000',
  'hooks.example.com,evil.example.net',
];
const HEADERS = [
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-original-uri',
  'x-original-url',
  'forwarded',
  'x-forwarded-ssl',
  'content-type',
  'host',
] as const;
const VALUES = [
  ...HOSTS,
  'https,http,https',
  'on',
  '/'.repeat(2_000),
  '/a?b=c',
  '443',
  'proto=https;host=evil.example.net',
  'application/json',
  'multipart/form-data; boundary=x',
  Array.from({ length: 500 }, (_, at) => `h${at}.example.net`).join(','),
];

/** Headers that a proxy would set, with anything in them. */
function anyHeaders(random: Random): Change {
  return says(Object.fromEntries(random.list(0, 6, () => [random.pick(HEADERS), random.pick(VALUES)])));
}

/** A body or a query of the attacker's own. */
function anyContent(random: Random): Change {
  const pairs = random.list(
    1,
    300,
    () => `f${random.below(50)}=${random.pick(['', ' a ', 'a,b', '%2B1', '+1', 'Zoë', '%FF'])}`,
  );
  const text = random.pick([pairs.join('&'), JSON.stringify(pairs), '{"a":[', '']);
  return (request) => ({
    ...request,
    body: Buffer.from(text),
    url: random.pick([request.url, `${request.url}/?${text}`]),
  });
}

function attack(random: Random, request: CallbackRequest): CallbackRequest {
  const changes = [
    forgedProof(random),
    anyHeaders(random),
    ...(random.happens(0.5) ? [anyContent(random)] : []),
    ...(random.happens(0.2) ? [parsedForm] : []),
  ];
  return changes.reduce((changed, change) => change(changed), request);
}

describe.each(builtInProviders.map((provider) => [provider.definition.name, provider as Factory] as const))(
  '%s',
  (_, provider) => {
    it('is never certain about a forged request', () => {
      const random = new Random(7);
      const names = fixtures(provider).map(({ name }) => name);
      for (let round = 0; round < ROUNDS; round++) {
        const request = attack(random, sentBy(provider, random.pick(names)));
        const secrets = random.pick([
          (right: string) => [right],
          (right: string) => [` "${right}"\n`, 'another-secret'],
        ]);
        const { verdict, findings } = diagnosisOf(request, { provider, secrets, others: [provider] });
        expect(verdict).not.toBe('valid');
        expect(findings.filter(({ certain }) => certain)).toEqual([]);
      }
    });
  },
);
