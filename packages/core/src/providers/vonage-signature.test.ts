import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import type { CallbackRequest } from '../callback-request.ts';
import { claimsOf, tokenOf } from '../signing/jwt.ts';
import { vonage } from './vonage.ts';

const { definition } = vonage;

// A, B and C are in the tests of Vonage's SDKs for Ruby, Python and Java; the body of A is not published. D is made after A.
const SECRET = 'ZYtdTtGV3BCFN7tWmOWr1md66XsquMggr4W2cTtXtcPgfnI0Xw';
const VECTORS = {
  A: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE1ODc0OTQ5NjIsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImQ2YzBlNzRiNTg1N2RmMjBlM2I3ZTUxYjMwYzBjMmE0MGVjNzNhNzc4NzliNmYwNzRkZGM3YTIzMTdkZDAzMWIiLCJhcGlfa2V5IjoiYTFiMmMzZCIsImFwcGxpY2F0aW9uX2lkIjoiYWFhYWFhYWEtYmJiYi1jY2NjLWRkZGQtMDEyMzQ1Njc4OWFiIn0.JQRKi1d0SQitmjPINfTWMpt3XZkGsLbD7EjCdXoNSbk',
  B: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2MzQ2ODAsImV4cCI6MzMyNTQ1NDA4MjgsImF1ZCI6IiIsInN1YiI6IiJ9.88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM',
  C: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJTaW5hIiwibmFtZSI6IkphdmFfU0RLIiwiaWF0IjoxNjk4NjgwMzkyfQ.4qJpi46NSYURiLI1xoLIfGRygA8IUI2QSG9P2Kus1Oo',
  D: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NjcyNjg4MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6IjQzODMyODVkNjkyMzcwZGE0ZTgyZjZkYmEwYzcyMGEyNjk4MmY2NTc1NmE5MzBlMDJjOTBkYmVkNzc2MWRiMzUiLCJhcGlfa2V5IjoiYTFiMmMzZCIsImFwcGxpY2F0aW9uX2lkIjoiYWFhYWFhYWEtYmJiYi1jY2NjLWRkZGQtMDEyMzQ1Njc4OWFiIn0.qydcTbyHdguL9ffd3_TtoK-nshn1BhmBgCphcSNgUxo',
};
const BODY =
  '{"from":"442079460000","to":"447700900000","uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","conversation_uuid":"CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab","status":"failed","detail":"cannot_route","sip_code":404,"direction":"outbound","timestamp":"2026-01-01T12:00:00.000Z"}';
const IAT = 1_767_268_800;
const NOW = IAT * 1000;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const SENT = jsonOf(BODY, '/hooks', bearer(VECTORS.D));

function verdict(sent: Sent, secrets: readonly string[] = [SECRET], nowMs = NOW, toleranceSeconds?: number): unknown {
  try {
    return definition.authenticate?.(messageOf(sent), secrets, { toleranceSeconds }, nowMs);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const CLAIMS = { iat: IAT, iss: 'Vonage', payload_hash: sha256(BODY) };
const withClaims = (claims: object) =>
  verdict(jsonOf(BODY, '/hooks', bearer(tokenOf({ ...CLAIMS, ...claims }, SECRET))));

describe('the tokens of the SDKs', () => {
  it.each<[keyof typeof VECTORS, string, object]>([
    ['A', SECRET, { iat: 1_587_494_962, iss: 'Vonage', api_key: 'a1b2c3d' }],
    ['B', 'qwertyuiopasdfghjklzxcvbnm123456', { iss: 'Online JWT Builder' }],
    ['C', 'XsA09z2MhUxYcdbXaUX3aTT7TzGmnCLfkdILf0NIyC9hN9criTEUdlI3OZ5hRjR', { name: 'Java_SDK' }],
    ['D', SECRET, { iat: IAT, payload_hash: sha256(BODY) }],
  ])('%s is signed with its secret only', (name, secret, claims) => {
    expect(claimsOf(VECTORS[name], ['another', secret])).toMatchObject(claims);
    expect(claimsOf(VECTORS[name], ['another'])).toBeUndefined();
    expect(claimsOf(VECTORS[name], [`${secret.slice(0, -5)}55555`])).toBeUndefined();
  });

  it.each([
    ['A', SECRET],
    ['B', 'qwertyuiopasdfghjklzxcvbnm123456'],
    ['C', 'XsA09z2MhUxYcdbXaUX3aTT7TzGmnCLfkdILf0NIyC9hN9criTEUdlI3OZ5hRjR'],
  ] as const)('%s does not prove another body', (name, secret) => {
    expect(verdict(jsonOf(BODY, '/hooks', bearer(VECTORS[name])), [secret])).toBe('mismatch');
  });

  it('D proves its body', () => {
    expect(verdict(SENT)).toBe('valid');
    expect(verdict(SENT, ['another', SECRET])).toBe('valid');
    expect(verdict(SENT, ['another'])).toBe('mismatch');
    expect(verdict(SENT, [])).toBe('mismatch');
  });
});

describe('a token', () => {
  it('is of one body and one content type', () => {
    expect(verdict({ ...SENT, body: `${BODY} ` })).toBe('mismatch');
    expect(
      verdict({ ...SENT, headers: { ...SENT.headers, 'content-type': 'application/x-www-form-urlencoded' } }),
    ).toBe('unsupported_media_type');
    expect(verdict({ ...SENT, body: undefined as never, parsed: JSON.parse(BODY) })).toBe('body_consumed');
  });

  it('is missing without a header, or with one that has other credentials', () => {
    for (const authorization of [undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      expect(verdict({ ...SENT, headers: { ...SENT.headers, authorization: authorization as never } })).toBe('missing');
    }
  });

  it('has nothing that can be changed', () => {
    const flip = fc
      .tuple(fc.nat(VECTORS.D.length - 1), fc.integer({ min: 1, max: 127 }))
      .map(
        ([at, bits]) =>
          VECTORS.D.slice(0, at) + String.fromCharCode(VECTORS.D.charCodeAt(at) ^ bits) + VECTORS.D.slice(at + 1),
      );
    fc.assert(fc.property(flip, (token) => verdict(jsonOf(BODY, '/hooks', bearer(token))) !== 'valid'));
  });

  it('is valid for 300 seconds, before and after', () => {
    const at = (seconds: number) => verdict(SENT, [SECRET], NOW + seconds * 1000);
    expect([at(300), at(-300)]).toEqual(['valid', 'valid']);
    expect([at(301), at(-301), at(86_400)]).toEqual(['expired', 'expired', 'expired']);
    expect(verdict(SENT, [SECRET], NOW + 61_000, 60)).toBe('expired');
    expect(verdict(SENT, ['another'], NOW + 9e9)).toBe('mismatch');
  });

  it.each<[object, string]>([
    [{}, 'valid'],
    [{ iss: 'Online JWT Builder' }, 'mismatch'],
    [{ iss: undefined }, 'mismatch'],
    [{ payload_hash: undefined }, 'mismatch'],
    [{ payload_hash: [CLAIMS.payload_hash] }, 'mismatch'],
    [{ payload_hash: CLAIMS.payload_hash.toUpperCase() }, 'mismatch'],
    [{ iat: undefined }, 'mismatch'],
    [{ iat: String(IAT) }, 'mismatch'],
    [{ exp: IAT + 1 }, 'valid'],
    [{ exp: IAT }, 'expired'],
    [{ exp: 'tomorrow' }, 'expired'],
    [{ nbf: IAT }, 'valid'],
    [{ nbf: IAT + 1 }, 'expired'],
    [{ nbf: 'now' }, 'expired'],
  ])('with %j is %s', (claims, expected) => {
    expect(withClaims(claims)).toBe(expected);
  });

  it.each([{ alg: 'none' }, { alg: 'RS256' }, { alg: 'HS512' }, {}, [], null])(
    'is refused with the header %j',
    (header) => {
      const [, claims = ''] = VECTORS.D.split('.');
      const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}`;
      const token = resigned(signed);
      expect(verdict(jsonOf(BODY, '/hooks', bearer(token)))).toBe('mismatch');
      expect(verdict(jsonOf(BODY, '/hooks', bearer(`${signed}.`)))).toBe('mismatch');
    },
  );

  it.each(['bm90IGpzb24', 'bnVsbA', 'IjEi'])('is refused with the claims %s', (claims) => {
    const [header = ''] = VECTORS.D.split('.');
    expect(verdict(jsonOf(BODY, '/hooks', bearer(resigned(`${header}.${claims}`))))).toBe('mismatch');
  });
});

/** With the signature of the secret, whatever is signed. */
function resigned(signed: string): string {
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

describe('a GET', () => {
  const FIELDS = { status: 'ringing', uuid: 'a', timestamp: '2026-01-01T12:00:00.000Z' };
  const query = new URLSearchParams(FIELDS).toString();
  const get = (url: string, hashed: object): Sent => {
    const token = tokenOf({ ...CLAIMS, payload_hash: sha256(JSON.stringify(hashed)) }, SECRET);
    return { method: 'GET', url, headers: bearer(token) };
  };

  it('is proved by the query as JSON, in its order', () => {
    expect(verdict(get(`/hooks?${query}`, FIELDS))).toBe('valid');
    expect(verdict(get(`/hooks?${query}`, Object.fromEntries(Object.entries(FIELDS).reverse())))).toBe('mismatch');
    expect(verdict(get(`/hooks?${query}&a=1`, FIELDS))).toBe('mismatch');
    expect(verdict(get(`/hooks?${query.replace('ringing', 'busy')}`, FIELDS))).toBe('mismatch');
    expect(verdict(get('/hooks', {}))).toBe('valid');
  });

  it('may have our token, hashed or not', () => {
    expect(verdict(get(`/hooks?token=t&${query}`, { token: 't', ...FIELDS }))).toBe('valid');
    expect(verdict(get(`/hooks?token=t&${query}`, FIELDS))).toBe('valid');
  });

  it('is not proved by a body', () => {
    const sent = { ...SENT, method: 'GET', url: `/hooks?${query}` };
    expect(verdict(sent)).toBe('mismatch');
  });
});

describe('the hint', () => {
  const hint = (sent: Sent, secrets: readonly string[]) =>
    definition.diagnose?.(messageOf(sent), secrets)?.map(({ evidence }) => evidence);

  it('says that the body was changed, or that the token is of something else', () => {
    expect(hint({ ...SENT, body: '{}' }, [SECRET])).toEqual([
      'The token is signed with this secret, but for another body or query.',
    ]);
    for (const claims of [{ iss: 'me' }, { payload_hash: undefined }]) {
      const sent = jsonOf(BODY, '/hooks', bearer(tokenOf({ ...CLAIMS, ...claims }, SECRET)));
      expect(hint(sent, [SECRET])).toEqual(['The token is signed with this secret, but is not one of a webhook.']);
    }
  });

  it('says nothing of a token that is signed with another secret', () => {
    expect(hint(SENT, ['another'])).toBeUndefined();
  });
});

it('signs every request', () => {
  const sign = (request: Omit<CallbackRequest, 'origin' | 'headers'>) =>
    definition.sign?.({ origin: ORIGIN, headers: {}, ...request }, { secret: SECRET, nowMs: NOW }) as CallbackRequest;
  for (const body of [undefined, Buffer.from(BODY)]) {
    const { headers } = sign({ method: 'POST', url: '/hooks', ...(body && { body }) });
    const sent = {
      ...jsonOf(body?.toString() ?? '', '/hooks'),
      headers: { ...headers, 'content-type': 'application/json' },
    };
    expect(verdict(sent as Sent)).toBe('valid');
  }
  expect(verdict(sign({ method: 'GET', url: '/hooks?a=%2B&b=c+d' }) as Sent)).toBe('valid');
});
