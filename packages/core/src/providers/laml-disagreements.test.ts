// Where the documents of these providers disagree with each other or with the wire: one test for each.
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf } from '../../test/message-of.ts';
import { accepted, normalOf, parsed, received, SID } from '../../test/received.ts';
import { mycpaas } from './mycpaas.ts';
import { signalwire } from './signalwire.ts';

describe('SignalWire', () => {
  const { definition } = signalwire;
  const form = (fields: Readonly<Record<string, string>>) =>
    formOf({ CallSid: SID, CallStatus: 'completed', ...fields });

  it('"integers" are strings on the wire, and three of them decimals', () => {
    const sent = form({
      AudioInJitterMinVariance: '0.36',
      AudioInJitterMaxVariance: '85.95',
      AudioInAveragePtime: '20.01',
    });
    expect(normalOf(definition, sent).quality).toEqual({ jitterMin: 0.36, jitterMax: 85.95 });
    expect(messageOf(sent).fields['AudioInAveragePtime']).toBe('20.01');
  });

  it('SequenceNumber is required by the document and absent on the wire', () => {
    expect(normalOf(definition, form({})).sequence).toBeUndefined();
    expect(normalOf(definition, form({ SequenceNumber: '0' })).sequence).toBe(0);
  });

  it('three lists of required fields, all of which contain call id and status', () => {
    expect(normalOf(definition, form({}))).toMatchObject({ callId: SID, status: 'completed' });
    expect(() => normalOf(definition, formOf({ CallSid: SID }))).toThrow('A required field is missing.');
    expect(() => normalOf(definition, formOf({ CallStatus: 'completed' }))).toThrow('A required field is missing.');
  });

  it('Timestamp is the time of the event or that of the call; it is given, and orders nothing', async () => {
    const ringing = form({ CallStatus: 'ringing', Timestamp: 'Thu, 04 Apr 2024 18:40:00 +0000' });
    const completed = form({ Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000' });
    expect(normalOf(definition, completed).occurredAt).toBe('2024-04-04T18:32:15.000Z');
    for (const order of [
      [ringing, completed],
      [completed, ringing],
    ]) {
      const { call } = await received('signalwire', SID, ...order);
      expect(call).toMatchObject({ status: 'completed', terminal: true, endedAt: '2024-04-04T18:32:15.000Z' });
      expect(call?.events.map(({ status }) => status)).toEqual(['ringing', 'completed']);
    }
  });

  it('CallDuration is an optional integer or a required string', () => {
    expect(normalOf(definition, form({ CallDuration: '142' })).durationSeconds).toBe(142);
    expect(
      normalOf(definition, jsonOf({ CallSid: SID, CallStatus: 'completed', CallDuration: 94 })).durationSeconds,
    ).toBe(94);
    expect(normalOf(definition, form({})).durationSeconds).toBeUndefined();
  });

  it('the sample is JSON, the wire is a form, or a query with GET', () => {
    const fields = { CallSid: SID, CallStatus: 'completed', From: '+15551234567' };
    const asForm = normalOf(definition, formOf(fields));
    expect(asForm.from).toBe('+15551234567');
    expect(normalOf(definition, jsonOf(fields))).toEqual(asForm);
    expect(
      normalOf(definition, { method: 'GET', url: `/hooks?${new URLSearchParams(fields).toString()}`, headers: {} }),
    ).toEqual(asForm);
  });

  it('initiated is a status of callbacks, though two lists omit it', () => {
    expect(normalOf(definition, form({ CallStatus: 'initiated' })).status).toBe('initiated');
  });

  it('the event is called answered, its status in-progress', () => {
    expect(normalOf(definition, form({ CallStatus: 'answered' }))).toMatchObject({
      status: 'in-progress',
      rawStatus: 'answered',
    });
    expect(signalwire.callbackParams({ url: 'https://example.com' }).StatusCallbackEvent).toContain('answered');
  });

  it('fields come that no document has, and are kept', () => {
    const fields = { AudioOutLost: '0', SipCallId: SID, HangupBy: '+15551234567', HangupDirection: 'outbound' };
    expect(parsed(definition, form(fields))).toMatchObject(fields);
  });

  it('200, 204 or an empty <Response/>: it is 200 with nothing, and not for a request that needs an answer', async () => {
    const { receipts } = await received('signalwire', SID, form({}));
    expect(receipts).toEqual([accepted({ status: 'completed' })]);
    const request = formOf({ CallSid: SID, CallStatus: 'ringing', Direction: 'inbound', From: '+15551234567' });
    expect(definition.recognizes(messageOf(request))).toBe(false);
    expect(definition.isCallStatus?.(messageOf(form({ DialCallStatus: 'completed' })).fields)).toMatch('<Dial>');
  });

  it('the REST API has two directions, callbacks three', () => {
    const directions = ['inbound', 'outbound', 'outbound-api', 'outbound-dial'].map((Direction) => {
      return normalOf(definition, form({ Direction })).direction;
    });
    expect(directions).toEqual(['inbound', 'outbound', 'outbound', 'outbound']);
  });
});

describe('mycpaas', () => {
  const { definition } = mycpaas;
  const CALL = { CallSid: 'CA1234567890abcdef', CallStatus: 'completed' };

  it('StatusCallbackEvent takes statuses or events, and by default means all or completed', () => {
    const url = 'https://example.com/hook';
    expect(mycpaas.callbackParams({ url, token: 't' })).toStrictEqual({ StatusCallback: `${url}?token=t` });
    expect(mycpaas.callbackParams({ url, events: ['completed', 'failed'] }).StatusCallbackEvent).toBe(
      'completed failed',
    );
    expect(mycpaas.callbackParams({ url, events: ['initiated', 'answered'] }).StatusCallbackEvent).toBe(
      'initiated answered',
    );
  });

  it('"answered" in the text is in-progress in the table', () => {
    expect(normalOf(definition, formOf({ ...CALL, CallStatus: 'answered' })).status).toBe('in-progress');
    expect(normalOf(definition, formOf({ ...CALL, CallStatus: 'in-progress' })).status).toBe('in-progress');
  });

  it('"fire-and-forget", and "may retry": a redelivery is a duplicate, and accepted', async () => {
    const { receipts } = await received('mycpaas', CALL.CallSid, formOf(CALL), formOf(CALL));
    expect(receipts).toEqual([accepted({ transition: 'advance' }), accepted({ transition: 'duplicate' })]);
  });

  it('exactly 200, so nothing that needs another answer may be taken', async () => {
    const message = formOf({ MessageSid: 'SM1', Body: 'hello' });
    const gathered = formOf({ ...CALL, Digits: '1' });
    const { receipts } = await received('mycpaas', CALL.CallSid, formOf(CALL), message, gathered);
    expect(receipts).toEqual([accepted({ status: 'completed' }), undefined, undefined]);
  });
});
