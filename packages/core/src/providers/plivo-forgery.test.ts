import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formOf, messageOf, type Sent } from '../../test/message-of.ts';
import { plivo } from './plivo.ts';

const ADDRESS = 'https://hooks.example.com/plivo';
const OWN = '5ca11000-0000-4000-8000-000000000001';
const VICTIM = '5ca11000-0000-4000-8000-000000000002';
const headersFor = (text: string, nonce = '123') => ({
  'x-plivo-signature-v3': createHmac('sha256', 'token').update(text).digest('base64'),
  'x-plivo-signature-v3-nonce': nonce,
});

/** `shifted`: the signature matches, but not as the request is split. */
function verdictOf(sent: Sent): unknown {
  try {
    return plivo.definition.authenticate?.(messageOf(sent), ['token'], {}, 0);
  } catch (error) {
    expect(error).toMatchObject({ code: 'signature_mismatch', details: { hint: expect.stringContaining('borders') } });
    return 'shifted';
  }
}

const textOf = (fields: object) => Object.entries(fields).flat().join('');
const queryOf = (fields: object) =>
  Object.entries(fields)
    .map((pair) => pair.join('='))
    .join('&');
const post = (fields: Readonly<Record<string, string>>, text: string, query = '') =>
  formOf(fields, `/plivo${query}`, headersFor(text));
const get = (fields: Readonly<Record<string, string>>, text: string): Sent => ({
  method: 'GET',
  url: `/plivo?${new URLSearchParams(fields).toString()}`,
  headers: headersFor(text),
});

/** A callback of a caller who chose the name. */
const callback = (callerName: string) => ({
  ALegUUID: OWN,
  AnswerTime: '2024-09-26 14:05:18',
  BillRate: '0.005',
  CallStatus: 'completed',
  CallUUID: OWN,
  CallerName: callerName,
  Event: 'Hangup',
});

it.each(['Jane', `CallStatusbusyCallUUID${VICTIM}Event`, 'x=1&CallStatus=busy&CallUUID=', 'a.b'])(
  'accepts a callback as Plivo sent it, of a caller called %s',
  (name) => {
    const fields = callback(name);
    expect(verdictOf(post(fields, `${ADDRESS}?${textOf(fields)}.123`))).toBe('valid');
    expect(verdictOf(post(fields, `${ADDRESS}?a=b.${textOf(fields)}.123`, '?a=b'))).toBe('valid');
    expect(verdictOf(get(fields, `${ADDRESS}?${queryOf(fields)}.123`))).toBe('valid');
  },
);

/** The fields of another call, which come from the name of a caller. */
const forged = { CallStatus: 'busy', CallUUID: VICTIM, Event: 'Hangup' };
/** A text up to the place where they begin. */
const upTo = (text: string, mark: string) => text.slice(0, text.indexOf(mark));

const inForm = textOf(callback(`${textOf(forged)}Z`));
const afterDot = textOf(callback(`.${textOf(forged)}Z`));
const inQuery = textOf(callback(`x=1&${queryOf(forged)}&Z=`));
const inQueryAfterDot = queryOf(callback(`x.${textOf(forged)}Z`));
const ofJane = textOf(callback('Jane'));
const { CallStatus, CallUUID, CallerName, Event } = callback('Jane');
const rest = { CallStatus, CallUUID, CallerName, Event };

describe('refuses a signed callback whose borders are moved', () => {
  it.each<[what: string, signed: string, sent: (text: string) => Sent]>([
    [
      'into the value of a field',
      `?${inForm}`,
      (text) => post({ ALegUUID: upTo(inForm, textOf(forged)).slice(8), ...forged, Z: 'EventHangup' }, text),
    ],
    [
      'into the name of a field',
      `?${inForm}`,
      (text) => post({ [upTo(inForm, textOf(forged))]: '', ...forged, Z: 'EventHangup' }, text),
    ],
    [
      'to hide the answer',
      `?${ofJane}`,
      (text) => post({ ALegUUID: upTo(ofJane, 'CallStatus').slice(8), ...rest }, text),
    ],
    [
      'to hide it in the name of a field',
      `?${ofJane}`,
      (text) =>
        post({ ALegUUIDx: upTo(ofJane, 'CallStatus').slice(9), ...rest }, text.replace(OWN, `x${OWN.slice(1)}`)),
    ],
    [
      'to end an id later',
      `?${textOf({ ...rest, CallUUID: `${OWN}x` })}`,
      (text) => post({ ...rest, CallUUID: `${OWN}x` }, text),
    ],
    [
      'into the query',
      `?a=b.${afterDot}`,
      (text) =>
        post(
          { ...forged, Z: 'EventHangup' },
          text,
          `?a=${encodeURIComponent(`b.${upTo(afterDot, `.${textOf(forged)}`)}`)}`,
        ),
    ],
    [
      'from a form into the query of a GET',
      `?${inQuery}`,
      (text) => get({ [`${upTo(inQuery, 'x=1')}x`]: '1', ...forged, Z: 'EventHangup' }, text),
    ],
    [
      'from the query of a GET into a form',
      `?${inQueryAfterDot}`,
      (text) =>
        post({ ...forged, Z: '&Event=Hangup' }, text, `?${encodeURI(upTo(inQueryAfterDot, `.${textOf(forged)}`))}`),
    ],
    [
      'by brackets in a name',
      `?${ofJane}[CallUUID]${VICTIM}`,
      (text) => post({ ...callback('Jane'), '[CallUUID]': VICTIM }, text),
    ],
  ])('%s', (_, signed, sent) => {
    const text = `${ADDRESS}${signed}.123`;
    expect(verdictOf(sent(text))).toBe('shifted');
  });

  it('from the query of a GET into that of a POST without fields', () => {
    const text = `${ADDRESS}?${queryOf(callback('Jane'))}.123`;
    const { url, headers } = get(callback('Jane'), text);
    expect(verdictOf({ ...formOf({}, url), headers: { ...formOf({}).headers, ...headers } })).toBe('shifted');
  });

  it('into the nonce', () => {
    const text = `${ADDRESS}?${textOf(callback('Jane'))}TotalCost0.01000.123`;
    const whole = { ...callback('Jane'), TotalCost: '0.01000' };
    expect(verdictOf(post(whole, text))).toBe('valid');
    const moved = formOf({ ...whole, TotalCost: '0' }, '/plivo', headersFor(text, '01000.123'));
    expect(verdictOf(moved)).toBe('mismatch');
  });
});
