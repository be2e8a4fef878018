import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import fc from 'fast-check';
import { getSignatureAlgorithm, validateIncomingRequest } from 'twilio/lib/webhooks/webhooks.js';
import { it, onTestFinished, vi } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { messageOf, type Sent } from '../../test/message-of.ts';
import { twilio } from './twilio.ts';

const TOKEN = 'the auth token';
const SHARED = 'the secret of a shared key';
const SETTINGS = 'x-twilio-webhooks-signature-settings';
const CALL = [
  ['AccountSid', 'AC5ca1100000000000000000000000000a'],
  ['CallSid', 'CA5ca11000000000000000000000000001'],
  ['CallStatus', 'completed'],
] as const;

type Pairs = readonly (readonly [name: string, value: string])[];

const more = fc.oneof(
  fc.tuple(fc.constantFrom('ApiVersion'), fc.constantFrom('2010-04-01', '')),
  fc.tuple(fc.constantFrom('CallDuration'), fc.constantFrom('49', '')),
  fc.tuple(
    fc.constantFrom(
      ...Array(3).fill('CallerName'),
      ...Array(3).fill('From'),
      'SipHeader_X-a',
      'Zip',
      'Zip',
      'é',
      'Agent',
    ),
    fc.constantFrom('São Paulo', 'a b', "it's", '', '+12025550143', '&=%', 'sip:a@x.example'),
  ),
);

const given = fc.record({
  scheme: fc.constantFrom('https', 'http'),
  host: fc.constantFrom('h.example', 'hooks.example.com', '[2001:db8::1]', 'H.Example'),
  port: fc.constantFrom('', '', ':443', ':80', ':8443'),
  path: fc.constantFrom('/hooks', '/', "/it's", '/a%20b', '/{x}', '/hooks/./x'),
  query: fc.constantFrom('', '', '?', '?a=1', "?a=it's", '?a=x+y&b&a=z', '?a=%27&&c=<d>', '?a=%C3%A9'),
  kind: fc.constantFrom(
    ...Array(6).fill('form'),
    'get',
    'get',
    'json',
    'hashed',
    'hashed',
    'nested',
    'hashed form',
    'hashed twice',
  ),
  pairs: fc.array(more, { maxLength: 5 }).map((others): Pairs => [...CALL, ...others]),
  signed: fc.constantFrom(
    'as it came',
    'as it came',
    'as it came',
    'without port',
    'with port',
    'normalized',
    'legacy',
    'elsewhere',
  ),
  key: fc.constantFrom('right', 'right', 'right', 'right', 'right', 'other', 'another key'),
  settings: fc.constantFrom(undefined, undefined, undefined, 'HMAC_SHA1', 'HMAC_SHA256', 'HMAC_SHA256', 'HMAC_SHA512'),
  hash: fc.constantFrom('right', 'right', 'right', 'right', 'right', 'sha1', 'sha256'),
  edited: fc.constantFrom(
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'body',
    'query',
    'signature',
  ),
});
type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never;

/** A request that may be genuine, and what the SDK gets from the parsers before it. */
interface Case {
  readonly origin: string;
  readonly sent: Sent;
  readonly parsed: Readonly<Record<string, unknown>>;
}

function caseOf(made: Given): Case {
  const { scheme, host, port, path, kind, pairs, key, settings, hash, edited } = made;
  const [right, other] = settings === undefined ? [TOKEN, SHARED] : [SHARED, TOKEN];
  const secret = key === 'right' ? right : key === 'other' ? other : key;
  const digest = hash !== 'right' ? hash : settings === 'HMAC_SHA256' ? 'sha256' : 'sha1';
  const isJson = ['json', 'hashed', 'nested', 'hashed twice'].includes(kind);
  const object = { ...Object.fromEntries(pairs), ...(kind === 'nested' && { Extra: { a: 1 } }) };
  const form = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  const body = kind === 'get' ? '' : isJson ? JSON.stringify(object) : form;
  const bodySHA256 = `bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  const added = kind === 'get' ? form : kind === 'hashed twice' ? `${bodySHA256}&${bodySHA256}` : bodySHA256;
  const url = kind === 'get' || kind.startsWith('hashed') ? withParameter(path + made.query, added) : path + made.query;
  const origin = `${scheme}://${host}${port}`;
  const params = kind === 'get' || kind.startsWith('hashed') ? {} : isJson ? object : querystring.parse(form);
  const signature = createHmac(digest, secret)
    .update(signedUrl(origin + url, made) + textOf(params))
    .digest('base64');
  const sentBody = edited === 'body' ? body.replace('completed', 'busy') : body;
  const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = {
    ...(kind !== 'get' && { 'content-type': type }),
    'x-twilio-signature':
      edited === 'signature' ? signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) : signature,
    ...(settings !== undefined && { [SETTINGS]: `key=webhooks_sharedkey_1,algorithm=${settings}` }),
  };
  const sentUrl = edited === 'query' ? withParameter(url, 'z=1') : url;
  const sent = { method: kind === 'get' ? 'GET' : 'POST', url: sentUrl, headers, body: sentBody };
  return { origin, sent, parsed: kind === 'get' ? {} : isJson ? JSON.parse(sentBody) : querystring.parse(sentBody) };
}

function withParameter(url: string, parameter: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${parameter}`;
}

/** The URL in one of the forms in which Twilio's servers have signed it. */
function signedUrl(url: string, { scheme, port, signed }: Given): string {
  const { href } = new URL(url);
  switch (signed) {
    case 'without port':
      return port === '' ? url : url.replace(port, '');
    case 'with port':
      return port === '' ? url.replace(/^(\w+:\/\/[^/]+)/, `$1${scheme === 'https' ? ':443' : ':80'}`) : url;
    case 'normalized':
      return href;
    case 'legacy': {
      const [address = '', query] = href.split('?');
      return query ? `${address}?${querystring.stringify(querystring.parse(query))}` : href;
    }
    case 'elsewhere':
      return `${url}&elsewhere`;
    default:
      return url;
  }
}

function textOf(params: Readonly<Record<string, unknown>>): string {
  return Object.keys(params)
    .sort()
    .flatMap((name) => [...new Set([params[name]].flat().map(String))].sort().map((value) => name + value))
    .join('');
}

/** As the middleware of Twilio's library decides. */
function sdkAccepts({ origin, sent, parsed }: Case): boolean {
  const settings = sent.headers[SETTINGS];
  const request = { header: (name: string) => sent.headers[name.toLowerCase()], body: parsed, rawBody: sent.body };
  const algorithm = getSignatureAlgorithm(settings ?? '');
  const options = { url: origin + sent.url, algorithm };
  return validateIncomingRequest(request as never, settings === undefined ? TOKEN : SHARED, options);
}

function weAccept({ origin, sent }: Case): boolean {
  try {
    return twilio.definition.authenticate?.(messageOf(sent, origin), [TOKEN, SHARED], {}, 0) === 'valid';
  } catch {
    return false;
  }
}

/** Where the verdicts differ, by what is special about the request, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Given>[] = [
  // Both secrets are listed, and the header that chooses one is not signed.
  ['the header does not go with the key', ({ key }) => key === 'other', true],
  // No border between fields is signed, so another message could be behind such a name.
  [
    'a name before CallSid that is not known, and no CallbackSource',
    ({ pairs }) => pairs.some(([name]) => name === 'Agent'),
    false,
  ],
  // It is routed as it came, to another handler.
  ['a path with dots', ({ path }) => path.includes('/./'), false],
  // The content type is not signed: a signed JSON can be read as another form.
  ['a form that bodySHA256 covers', ({ kind }) => kind === 'hashed form', false],
  // [object Object] covers nothing.
  ['nested JSON', ({ kind }) => kind === 'nested', false],
  // Twilio adds it once.
  ['bodySHA256 twice', ({ kind }) => kind === 'hashed twice', false],
];

it('agrees with the library of Twilio, except where it is wrong to', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  await expectSameVerdicts(
    given,
    (made) => weAccept(caseOf(made)),
    (made) => sdkAccepts(caseOf(made)),
    DISAGREEMENTS,
  );
}, 300_000);
