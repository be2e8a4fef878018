import { createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import fc from 'fast-check';
import { validateSignature } from 'plivo/dist/utils/security.js';
import { validateV3Signature } from 'plivo/dist/utils/v3Security.js';
import { it } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { messageOf, type Sent } from '../../test/message-of.ts';
import { plivo } from './plivo.ts';

const TOKEN = 'the auth token';
const CALL = [
  ['CallStatus', 'completed'],
  ['CallUUID', '5ca11000-0000-4000-8000-000000000001'],
  ['Event', 'Hangup'],
] as const;

type Pairs = readonly (readonly [name: string, value: string])[];

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 2 * others.length + 4, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );

const more = fc.tuple(
  fc.constantFrom(
    'ALegUUID',
    'BillRate',
    'CallerName',
    'CallerName',
    'From',
    'SIP-H-X',
    'SIP-H-X',
    'To',
    'é',
    'AgentCallUUID',
  ),
  fc.constantFrom('São Paulo', 'a b', "it's", '', '+12025550143', '&=%', 'sip:a@x.example', 'a.b?c#d', '0.005'),
);

const given = fc.record({
  method: fc.constantFrom('POST', 'POST', 'GET'),
  scheme: fc.constantFrom('https', 'http'),
  host: mostly('hooks.example.com', 'h.example', 'H.Example', '[2001:db8::1]'),
  port: mostly('', ':443', ':80', ':8443'),
  path: mostly('/hooks', '/', "/it's", '/a%20b', '/{x}', '/hooks/./x', '//a', '/a;b'),
  query: mostly(
    '',
    '?',
    '?a=1',
    "?b=it's&a=x+y",
    '?a=z&b&a=x',
    '?a=%27&&c=<d>',
    '?a=%C3%A9',
    '?name=J%C3%BCrgen+M.',
    '?=1',
  ),
  pairs: fc.array(more, { maxLength: 4 }).map((others): Pairs => [...CALL, ...others]),
  nonce: mostly('31627761595286130198', '12345', '1.5', '', 'a_b-c'),
  header: mostly('x-plivo-signature-v3', 'x-plivo-signature-ma-v3'),
  list: mostly<(signature: string) => string>(
    (signature) => signature,
    (signature) => `AAAA,${signature}`,
    (signature) => `${signature},AAAA`,
    (signature) => ` AAAA, ${signature}`,
    (signature) => signature.toLowerCase(),
    (signature) => signature.slice(1),
    () => '',
  ),
  key: mostly(TOKEN, 'another token', ''),
  signed: mostly('V3', 'V2', 'without port', 'raw query', 'unsorted', 'elsewhere'),
  edited: mostly('nothing', 'body', 'query', 'nonce', 'method', 'type'),
});
type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never;

interface Case {
  readonly origin: string;
  readonly sent: Sent;
}

function caseOf({
  method,
  scheme,
  host,
  port,
  path,
  query,
  pairs,
  nonce,
  header,
  list,
  key,
  signed,
  edited,
}: Given): Case {
  const form = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  const isGet = method === 'GET';
  const url = isGet ? `${path}${query === '' ? '?' : query === '?' ? query : `${query}&`}${form}` : path + query;
  const origin = `${scheme}://${host}${port}`;
  const address =
    (signed === 'elsewhere' ? 'https://other.example' : signed === 'without port' ? origin.replace(port, '') : origin) +
    path;
  const sort = (list: string[]): string[] => (signed === 'unsorted' ? list : list.sort());
  const parameters = sorted(url.slice(path.length + 1), sort);
  const q = signed === 'raw query' ? url.slice(path.length + 1) : parameters.map((pair) => pair.join('=')).join('&');
  const body = isGet ? [] : sorted(form, sort).flat();
  const text =
    signed === 'V2'
      ? address + nonce
      : `${address}${q || body.length > 0 ? '?' : ''}${q}${q && body.length > 0 ? '.' : ''}${body.join('')}.${nonce}`;
  const signature = createHmac('sha256', key).update(text).digest('base64');
  const headers = {
    ...(!isGet && { 'content-type': edited === 'type' ? 'text/plain' : 'application/x-www-form-urlencoded' }),
    [signed === 'V2' ? 'x-plivo-signature-v2' : header]: list(signature),
    [signed === 'V2' ? 'x-plivo-signature-v2-nonce' : 'x-plivo-signature-v3-nonce']:
      edited === 'nonce' ? `${nonce}0` : nonce,
  };
  const sent = {
    method: edited === 'method' ? (isGet ? 'POST' : 'GET') : method,
    url: edited === 'query' ? `${url}${url.includes('?') ? '&' : '?'}z=1` : url,
    headers,
    body: isGet ? '' : edited === 'body' ? form.replace('completed', 'busy') : form,
  };
  return { origin, sent };
}

function sorted(form: string, sort: (list: string[]) => string[]): [string, string][] {
  const parsed = querystring.parse(form);
  return sort(Object.keys(parsed)).flatMap((name) =>
    sort([parsed[name] ?? ''].flat().slice()).map((value): [string, string] => [name, value]),
  );
}

/** As an application that follows the documentation of Plivo's library: the header that is there, and the fields of a form. */
function sdkAccepts({ origin, sent: { method, url, headers, body } }: Case): boolean {
  const {
    'x-plivo-signature-v3': own,
    'x-plivo-signature-ma-v3': main = '',
    'x-plivo-signature-v2': v2,
  } = headers as Record<string, string>;
  if (v2 !== undefined)
    return validateSignature(origin + url, headers['x-plivo-signature-v2-nonce'] as string, v2, TOKEN);
  const params = method === 'POST' ? querystring.parse(String(body)) : {};
  return validateV3Signature(
    method,
    origin + url,
    headers['x-plivo-signature-v3-nonce'] as string,
    TOKEN,
    own ?? main,
    params,
  );
}

function weAccept({ origin, sent }: Case): boolean {
  try {
    return plivo.definition.authenticate?.(messageOf(sent, origin), [TOKEN], {}, 0) === 'valid';
  } catch {
    return false;
  }
}

/** Where the verdicts differ, by what is special about the request, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Given>[] = [
  // It covers no field, so it proves nothing of them.
  ['only V2', ({ signed }) => signed === 'V2', false],
  // The dot before the nonce is the only border of the last value.
  ['a nonce with a dot', ({ nonce }) => nonce.includes('.'), false],
  // Plivo always sends one.
  ['no nonce', ({ nonce }) => nonce === '', false],
  // It is an address like any other; the SDK cannot read it.
  ['an IPv6 address', ({ host }) => host.startsWith('['), true],
  // Lists in headers may have spaces.
  ['a space in the list', ({ list }) => list('x').startsWith(' '), true],
  // It is the same address, and a proxy may have added the port.
  ['signed without the port', ({ signed }) => signed === 'without port', true],
  // The type is not signed, and read otherwise, the body could describe another call.
  [
    'a POST that is not declared a form',
    ({ method, edited }) => edited === 'type' || (method === 'GET' && edited === 'method'),
    false,
  ],
  // No border between fields is signed, so another call could be hidden there.
  ['a protected name in another one', ({ pairs }) => pairs.some(([name]) => name === 'AgentCallUUID'), false],
  // The last one would count, and the signature covers no order.
  [
    'a protected name twice in a query',
    ({ method, pairs }) =>
      method === 'GET' && ['ALegUUID', 'BillRate'].some((one) => pairs.filter(([name]) => name === one).length > 1),
    false,
  ],
];

it('agrees with the library of Plivo, except where it is wrong to', async () => {
  await expectSameVerdicts(
    given,
    (made) => weAccept(caseOf(made)),
    (made) => sdkAccepts(caseOf(made)),
    DISAGREEMENTS,
  );
}, 300_000);
