import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { sinch } from './sinch.ts';

const { definition } = sinch;
const ORIGIN = 'https://hooks.example.com';

interface Vector {
  readonly key: string;
  readonly secret: string;
  readonly type: string;
  readonly at: string;
  readonly path: string;
  readonly body: string;
  readonly signature: string;
}

// Published with Sinch's documentation and libraries. The numbers are not fictitious, but the signatures hold for no others.
const DOCUMENTED: Vector = {
  key: '669E367E-6BBA-48AB-AF15-266871C28135',
  secret: 'BeIukql3pTKJ8RGL5zo0DA==',
  type: 'application/json',
  at: '2014-09-24T10:59:41Z',
  path: '/sinch/callback/ace',
  body: '{"event":"ace","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257","timestamp":"2014-09-24T10:59:41Z","version":1}',
  signature: 'Tg6fMyo8mj9pYfWQ9ssbx3Tc1BNC87IEygAfLbJqZb4=',
};
const VECTORS: readonly (readonly [id: string, vector: Vector])[] = [
  ['S1', DOCUMENTED],
  [
    'S2',
    {
      key: 'my-key-id',
      secret: 'bXkta2V5LXNlY3JldA==',
      type: 'application/json; charset=UTF-8',
      at: '2023-11-22T09:10:11.999Z',
      path: '/path/pathParamValue',
      body: '{"identity":{"type":"number","endpoint":"+33444555666"},"method":"sms"}',
      signature: 'QP3OzQZVzRZAEev6DBLvJkgpiqyZPuXYsc7oyjUV0K8=',
    },
  ],
  [
    'S3',
    {
      key: '789',
      secret: '9876543210',
      type: 'application/json; charset=utf-8',
      at: '2023-12-01T15:01:20.0406449Z',
      path: '/VerificationRequestEvent',
      body: '{"id":"018c25e1-7163-5677-b8fb-467d7b1cffa5","event":"VerificationResultEvent","method":"sms","identity":{"verified":false,"type":"number","endpoint":"+33628254417"},"status":"FAIL","reason":"Expired"}',
      signature: 'xfKhO0XvlRNJraahUBEJzzi1f3Fn3pYO41/ZzwOHPaQ=',
    },
  ],
  [
    'S5d',
    {
      ...DOCUMENTED,
      path: '/sinch/callback/dice',
      body: '{"event":"dice","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257","timestamp":"2014-09-24T10:59:41Z","version":1,"reason":"BUSY","result":"BUSY","duration":0}',
      signature: '4XRIO+CwP0HUouJkA7E2vD/Sy/YJjYWYTuUG6xZkUC4=',
    },
  ],
];

const sentOf = ({ key, type, at, path, body, signature }: Vector, scheme = 'application'): Sent => ({
  ...jsonOf(body, path),
  headers: { 'content-type': type, authorization: `${scheme} ${key}:${signature}`, 'x-timestamp': at },
});
const verdict = (sent: Sent, application: string, now: number, options = {}) =>
  definition.authenticate?.(messageOf(sent, ORIGIN), ['other:c2VjcmV0', application], options, now);

describe('test vectors', () => {
  it.each(VECTORS)('%s', (_, vector) => {
    const application = `${vector.key}:${vector.secret}`;
    const [sent, now] = [sentOf(vector), Date.parse(vector.at)];
    const check = (part: Partial<Vector>) => verdict(sentOf({ ...vector, ...part }), application, now);
    expect(verdict(sent, application, now)).toBe('valid');
    expect(verdict(sentOf(vector, 'Application'), application, now)).toBe('valid');
    expect(verdict({ ...sent, url: `${vector.path}?token=t` }, application, now)).toBe('valid');
    expect(verdict(sent, `${vector.key}:b3RoZXI=`, now)).toBe('mismatch');
    expect(verdict(sent, `other:${vector.secret}`, now)).toBe('mismatch');
    expect(check({ body: `${vector.body} ` })).toBe('mismatch');
    expect(check({ path: `${vector.path}/` })).toBe('mismatch');
    expect(check({ at: '2030-01-01T00:00:00Z' })).toBe('mismatch');
    expect(check({ type: `${vector.type};x=y` })).toBe('mismatch');
    expect(check({ signature: 'x y' })).toBe('mismatch');
    expect(verdict({ ...sent, headers: { 'content-type': vector.type } }, application, now)).toBe('missing');
    expect(verdict({ ...sent, headers: { authorization: 'application a:b' } }, application, now)).toBe('mismatch');
  });

  it('S4, whose time cannot be read, is expired', () => {
    const vector: Vector = {
      key: 'app-key',
      secret: 'app-secret',
      type: 'application/json; charset=utf-8',
      at: 'x-timestamp:2024-01-19T09:19:28.9372196Z',
      path: '/webhook',
      body: '{"id":"018d2104-aaa-bbbb-1234","price":{"amount":0.0308},"rate":{"amount":0.0}}',
      signature: 'wC8XcoLQ22cxrOsUqqbWk+LHJ82wtqR/IgeIp9NG8LY=',
    };
    expect(verdict(sentOf(vector), 'app-key:app-secret', 0)).toBe('expired');
    expect(verdict(sentOf(vector), 'app-key:other', 0)).toBe('mismatch');
  });
});

it('is expired 300 seconds before and after, unless told otherwise', () => {
  const sent = sentOf(DOCUMENTED);
  const at = (seconds: number, options = {}) =>
    verdict(sent, `${DOCUMENTED.key}:${DOCUMENTED.secret}`, Date.parse(DOCUMENTED.at) + seconds * 1000, options);
  expect([-301, -300, 300, 301].map((seconds) => at(seconds))).toEqual(['expired', 'valid', 'valid', 'expired']);
  expect(at(301, { toleranceSeconds: 600 })).toBe('valid');
  const tolerance = (given: unknown) => definition.options?.['toleranceSeconds']?.['~standard'].validate(given);
  for (const given of [-1, '60']) expect(tolerance(given)).toHaveProperty('issues');
});

it('is only of JSON, whose type is signed as it is written', () => {
  const form = { ...jsonOf('event=dice'), headers: { 'content-type': 'text/plain' } };
  const request = { ...form, body: Buffer.from('event=dice'), origin: ORIGIN };
  const signed = definition.sign?.(request, { secret: 'a:c2VjcmV0', nowMs: 0 });
  expect(() => verdict({ ...form, headers: signed?.headers as Sent['headers'] }, 'a:c2VjcmV0', 0)).toThrow(
    expect.objectContaining({ code: 'unsupported_media_type' }),
  );
  const bare = definition.sign?.(
    { method: 'POST', url: '/', headers: {}, origin: ORIGIN, body: undefined },
    { secret: 'a:b', nowMs: 0 },
  );
  expect(bare?.headers['authorization']).toMatch(/^Application a:/);
});

it('gets advice about its form', () => {
  const advice = (authorization: string, secret: string) =>
    definition.diagnose?.(messageOf(jsonOf('{}', '/', { authorization })), [secret])?.map(({ evidence }) => evidence);
  expect(advice('application a:b', 'secret')).toEqual([expect.stringContaining("no 'key:secret'")]);
  expect(advice('Basic x', 'a:b')).toEqual([expect.stringContaining('Authorization is not')]);
  expect(advice('application a:b', 'a:b')).toBeUndefined();
});
