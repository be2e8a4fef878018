import { describe, expect, it } from 'vitest';
import { formOf, ORIGIN } from '../../../test/message-of.ts';
import { A, ACCOUNT, accepted, B, type Fields, P, signedWith, textOf } from '../../../test/signed-text.ts';

describe('a name that becomes CallSid only when it is decoded', () => {
  const genuine = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', CallSid: A, CallStatus: 'ringing' };
  /** The whole signed text up to the caller's words, taken for the account. */
  const swallowed = `${ACCOUNT}ApiVersion2010-04-01CallSid${A}CallStatusringing`;

  it.each([
    ['CallSid[]', 'CallStatus[]'],
    ['CallSid[]', 'CallStatus'],
    ['CallSid[0]', 'CallStatus[0]'],
  ])('%s begins no call', (callSid, callStatus) => {
    const fields = { ...genuine, CallerName: `${callSid}${B}${callStatus}completed`, From: '+15551230001' };
    const forged = {
      AccountSid: `${swallowed}CallerName`,
      [callSid]: B,
      [callStatus]: 'completed',
      From: '+15551230001',
    };
    expect(textOf(forged)).toBe(textOf(fields));
    expect(accepted(formOf(forged, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)))).toBeUndefined();
  });

  it.each(['[CallSid]', '\ufeffCallSid'])('%j begins no call, whichever parser reads the body', (callSid) => {
    const fields = { ...genuine, CallerName: 'CallStatuscompleted', To: `${callSid}${B}` };
    const forged = { AccountSid: `${swallowed}CallerName`, CallStatus: 'completed', To: '', [callSid]: B };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signedWith(`${ORIGIN}/hooks${textOf(fields)}`),
    };
    expect(textOf(forged)).toBe(textOf(fields));
    expect(accepted(formOf(forged, '/hooks', headers))).toBeUndefined();
    const { [callSid]: first, ...others } = forged;
    const parsed = { [callSid]: first, ...others };
    expect(accepted({ method: 'POST', url: '/hooks', headers, parsed })).toBeUndefined();
  });

  it.each([
    ['[CallSid]', B],
    ['[CallStatus]', 'completed'],
    ['[CallDuration]', '9999'],
    ['[AccountSid]', ACCOUNT.replace('1', '2')],
    ['CallStatus[]', 'completed'],
  ])('%s takes no field from a whole call', (name, value) => {
    const fields = { ...genuine, CallbackSource: 'call-progress-events', To: `${name}${value}` };
    const forged = { ...genuine, CallbackSource: 'call-progress-events', To: '', [name]: value };
    const text = `${ORIGIN}/hooks${textOf(name.startsWith('[') ? fields : forged)}`;
    expect(`${ORIGIN}/hooks${textOf(forged)}`).toBe(text);
    expect(accepted(formOf(forged, '/hooks', signedWith(text)))).toBeUndefined();
  });

  it('a byte order mark takes no field either, where another parser left it', () => {
    const fields = { ...genuine, CallbackSource: 'call-progress-events', To: `\ufeffCallSid${B}\ufeffX` };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signedWith(`${ORIGIN}/hooks${textOf(fields)}`),
    };
    const parsed = { '\ufeffX': '', ...fields, To: '', '\ufeffCallSid': B };
    expect(textOf(parsed)).toBe(textOf(fields));
    expect(accepted({ method: 'POST', url: '/hooks', headers, parsed })).toBeUndefined();
  });

  it('marks no other message either', () => {
    const fields = { ...genuine, CallerName: `CallSid${B}CallStatuscompleted`, To: 'DigitsxDigits[]' };
    const forged = {
      AccountSid: `${swallowed}CallerName`,
      CallSid: B,
      CallStatus: 'completed',
      Digits: 'x',
      'Digits[]': '',
    };
    const text = `${ORIGIN}/hooks${textOf({ ...fields, To: '' }).slice(0, -'To'.length)}DigitsxDigits[]`;
    expect(`${ORIGIN}/hooks${textOf(forged)}`).toBe(text);
    expect(accepted(formOf(forged, '/hooks', signedWith(text)))).toBeUndefined();
  });
});

describe('a message without an account', () => {
  it('cannot begin in the URL', () => {
    const fields = {
      RecordingSid: P,
      RecordingUrl: 'https://x.example/1',
      TranscriptionText: `CallSid${B}CallStatuscompletedZ`,
    };
    const text = `${ORIGIN}/hooks?order=17${textOf(fields)}`;
    const end = text.indexOf('CallSid');
    const sent = formOf(
      { CallSid: B, CallStatus: 'completed', Z: '' },
      text.slice(ORIGIN.length, end),
      signedWith(text),
    );
    expect(text.slice(end)).toBe(`CallSid${B}CallStatuscompletedZ`);
    expect(accepted(sent)).toBeUndefined();
  });

  it.each(['Digits1', 'DialCallStatuscompleted', `MessageSid${P}`, 'QueueResultbridged'])(
    'is a call status, though its caller is called %s',
    (CallerName) => {
      const fields = { CallSid: A, CallStatus: 'ringing', CallerName };
      expect(accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)))).toBe(`${A} ringing`);
    },
  );
});

it('knows measures of the audio by the form of their names', () => {
  const withMeasure = (value: string): string | undefined => {
    const fields = { AccountSid: ACCOUNT, AudioInNewestMeasure: value, CallSid: A, CallStatus: 'ringing' };
    return accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)));
  };
  expect(withMeasure('4.5')).toBe(`${A} ringing`);
  expect(withMeasure('a')).toBeUndefined();
});

describe('a request without a status', () => {
  const send = (fields: Fields) => accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)));

  it('tells of its whole call only', () => {
    expect(send({ AccountSid: ACCOUNT, CallSid: A, Direction: 'inbound' })).toBe(`${A} undefined`);
    expect(send({ AccountSid: ACCOUNT, CallSid: A })).toBe(`${A} undefined`);
    expect(send({ AccountSid: ACCOUNT, CallSid: A.slice(0, -1), Direction: 'inbound' })).toBeUndefined();
    expect(send({ AccountSid: ACCOUNT, CallSid: A, z: '1' })).toBeUndefined();
    expect(send({ AccountSid: ACCOUNT, CallSid: A, CallStatusringing: 'x' })).toBeUndefined();
    expect(send({ CallSid: A, From: `AccountSid${ACCOUNT}` })).toBeUndefined();
  });
});

describe('the id of a call', () => {
  it.each([
    [{ CallerName: 'CallStatuscompletedZ1' }, `${A}CallStatusringingCallerName`],
    [{ CallerName: `CallSid${B}CallStatuscompletedZ1` }, `${A}CallStatusringingCallerNameCallSid${B}`],
  ])('has no other field in it: %o', (chosen, id) => {
    const text = textOf({ AccountSid: ACCOUNT, CallSid: A, CallStatus: 'ringing', ...chosen });
    const cut = { AccountSid: ACCOUNT, CallSid: id, CallStatus: 'completed', Z: '1' };
    expect(textOf(cut)).toBe(text);
    expect(accepted(formOf(cut, '/hooks', signedWith(`${ORIGIN}/hooks${text}`)))).toBeUndefined();
  });
});

describe('the host', () => {
  it('takes no part of the signed text', () => {
    const fields = {
      AccountSid: ACCOUNT,
      CallSid: A,
      CallStatus: 'ringing',
      CallerName: `/x?y=CallSid${B}CallStatuscompletedZ1`,
    };
    const text = `https://hooks.example.com${textOf(fields)}`;
    const end = text.indexOf('/x?y=');
    const sent = formOf({ CallSid: B, CallStatus: 'completed', Z: '1' }, '/x?y=', signedWith(text));
    expect(text).toBe(`${text.slice(0, end)}/x?y=CallSid${B}CallStatuscompletedZ1`);
    expect(accepted(sent, text.slice(0, end))).toBeUndefined();
  });
});
