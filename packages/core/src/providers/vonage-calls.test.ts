import crypto from 'node:crypto';
import { expect, it } from 'vitest';
import type { FetchCall, FoundCall } from '../provider/fetch-call.ts';
import { vonage } from './vonage.ts';

const { callIdPattern, request, answers } = vonage.definition.fetchCall as FetchCall;
const UUID = '63f61863-4a51-4f6b-86e1-46edebcf9356';
const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const API = { applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab', privateKey };

const RECORD = {
  uuid: UUID,
  conversation_uuid: `CON-${UUID}`,
  to: { type: 'phone', number: '12025550178' },
  from: { type: 'phone', number: '12025550143' },
  status: 'completed',
  direction: 'outbound',
  rate: '0.39',
  price: '23.40',
  duration: '60',
  start_time: '2026-01-01T12:00:00.000Z',
  end_time: '2026-01-01T12:01:00.000Z',
  network: '65512',
};
const formOf = (more: object = {}) => (answers({ ...RECORD, ...more }, [UUID], {}).get(UUID) as FoundCall).form;

it('is asked by UUIDs only', () => {
  expect(callIdPattern.test(UUID)).toBe(true);
  for (const other of [`CON-${UUID}`, `${UUID}/`, UUID.slice(1), 'CA1']) expect(callIdPattern.test(other)).toBe(false);
});

it('is asked with a token of the application, for a minute', () => {
  const before = Math.floor(Date.now() / 1000);
  const { url, headers } = request([UUID], API);
  expect(url).toBe(`https://api.nexmo.com/v1/calls/${UUID}`);
  const [, header = '', claims = '', signature = ''] =
    /^Bearer (.+)\.(.+)\.(.+)$/.exec(headers['Authorization'] ?? '') ?? [];
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  expect(decoded(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
  const { application_id: application, iat, exp, jti } = decoded(claims);
  expect([application, exp - iat]).toEqual([API.applicationId, 60]);
  expect(iat).toBeGreaterThanOrEqual(before);
  expect(jti).toMatch(/^[0-9a-f-]{36}$/);
  const signed = Buffer.from(`${header}.${claims}`);
  expect(crypto.verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(request([UUID], API).headers).not.toEqual(headers);
});

it.each<[string, object, boolean]>([
  ['of an application', API, true],
  ['without a key', { applicationId: 'a' }, false],
  ['with a public key', { ...API, privateKey: publicKey }, false],
  ['with a key of another kind', { ...API, privateKey: elliptic() }, false],
  ['with no text', { ...API, privateKey: 7 }, false],
  ['without an application', { privateKey }, false],
])('takes the credentials %s: %s', (_, api, isValid) => {
  const result = vonage.definition.options?.['api']?.['~standard'].validate(api) as object;
  expect('issues' in result).toBe(!isValid);
  expect(JSON.stringify(result)).not.toMatch(isValid ? /issues/ : /KEY-----/);
});

function elliptic(): string {
  const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

it('becomes what an event says', () => {
  expect(formOf()).toMatchObject({
    callId: UUID,
    rawStatus: 'completed',
    answered: true,
    direction: 'outbound',
    from: '12025550143',
    to: '12025550178',
    durationSeconds: 60,
    startedAt: '2026-01-01T12:00:00.000Z',
    occurredAt: '2026-01-01T12:01:00.000Z',
  });
  expect(formOf({ status: 'busy', end_time: null, duration: null })).toMatchObject({
    rawStatus: 'busy',
    answered: undefined,
  });
});

it('says nothing about the length of a live call', () => {
  expect(formOf({ status: 'answered', end_time: null })).toMatchObject({
    rawStatus: 'answered',
    durationSeconds: undefined,
    occurredAt: undefined,
  });
});

it('makes nothing of another body', () => {
  for (const body of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { uuid: UUID },
    { uuid: {}, status: 'busy' },
    { status: 'busy' },
  ]) {
    expect(answers(body, [UUID], {}).size).toBe(0);
  }
});
