import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, messageOf, ORIGIN } from '../../../test/message-of.ts';
import { victims } from '../../../test/shifted-borders.ts';
import { A, ACCOUNT, accepted, B, CALLERS, call, type Fields, signedWith, textOf } from '../../../test/signed-text.ts';
import { twilio } from '../../providers/twilio.ts';

const CALL = {
  AccountSid: ACCOUNT,
  ApiVersion: '2010-04-01',
  CallDuration: '57',
  CallSid: A,
  CallStatus: 'completed',
  CallbackSource: 'call-progress-events',
};
const send = (fields: Fields) => accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)));

/** What a provider may add to its status callbacks, before `CallSid`. */
const UNKNOWN: readonly Fields[] = [
  { AddOns: '{"status":"successful","results":{"caller_name":{"result":"Jane Doe, 3"}}}' },
  { CallReason: 'Your table is ready: reply to +12025550143.' },
  { BranchId: '', AgentName: 'Sid Call', CallQuality: '4.2' },
];

describe('a status callback with fields that are not known', () => {
  it.each(UNKNOWN)('is accepted: %o', (unknown) => {
    expect(send({ ...CALL, ...unknown })).toBe(`${A} completed`);
  });

  it.each(UNKNOWN)('of Twilio is accepted: %o', (unknown) => {
    const fields = {
      ...CALL,
      AccountSid: 'AC5ca1100000000000000000000000000a',
      CallSid: 'CA5ca11000000000000000000000000001',
      ...unknown,
    };
    const signature = createHmac('sha1', 'token')
      .update(`${ORIGIN}/hooks${textOf(fields)}`)
      .digest('base64');
    const sent = formOf(fields, '/hooks', { 'x-twilio-signature': signature });
    expect(twilio.definition.authenticate?.(messageOf(sent), ['token'], {}, 0)).toBe('valid');
  });

  it.each<[string, Fields, string]>([
    ['lacks the account', { AddOns: 'x' }, 'AccountSid'],
    ['lacks the mark of status callbacks', { AddOns: 'x' }, 'CallbackSource'],
    ['lacks the status', { AddOns: 'x' }, 'CallStatus'],
  ])('is refused if it %s', (_, unknown, without) => {
    const { [without]: _without, ...fields } = { ...CALL, ...unknown } as Record<string, string>;
    expect(send(fields)).toBeUndefined();
  });

  it.each<[string, Fields]>([
    ['a second call in a field before', { AddOns: `CallSid${B}CallStatusbusyZ` }],
    ['a second call in a field behind', { AddOns: 'x', CallerName: `CallSid${B}CallStatusbusyZ` }],
    ['the name of a known field', { AddOns: 'xCallDuration3' }],
    ['another name than a word', { 'Add-Ons': 'x' }],
    ['an account that ends elsewhere', { AccountSid: `${ACCOUNT}-1`, AddOns: 'x' }],
    ['a field before the account', { Aa: 'x' }],
  ])('is refused with %s', (_, unknown) => {
    expect(send({ ...CALL, ...unknown })).toBeUndefined();
  });

  it('is refused with a repeated name, whose values are not signed as they came', () => {
    const text = `${ORIGIN}/hooks${textOf({ ...CALL, AddOns: 'x' })}`;
    const sent = formOf({ ...CALL, AddOns: 'x' }, '/hooks', signedWith(`${text}ToaTob`));
    expect(accepted({ ...sent, body: `${String(sent.body)}&To=a&To=b` })).toBeUndefined();
  });

  it('yields its own call and status only, wherever its text is cut', () => {
    const unknown = fc.tuple(fc.constantFrom('AddOns', 'CallReason', 'BranchId'), fc.constantFrom('', ...CALLERS));
    fc.assert(
      fc.property(call, unknown, ({ path, fields, status }, [name, value]) => {
        const found = victims(`${ORIGIN}${path}${textOf({ ...fields, [name]: value })}`);
        expect(found.filter((each) => each !== `${A} ${status}`)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
