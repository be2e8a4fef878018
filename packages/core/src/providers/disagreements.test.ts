import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import type { Call } from '../call.ts';
import type { Receipt } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { AnyCallStatusEvent, CallStatusEvent } from '../event.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { validate } from '../provider/standard-schema.ts';
import { statusOf } from '../provider/values.ts';
import { exotel } from './exotel.ts';
import { mycpaas } from './mycpaas.ts';
import { signalwire } from './signalwire.ts';
import { voicedock } from './voicedock.ts';

/** Where the providers' documents disagree with each other or with the wire: one test for each. */

type Definition = (typeof signalwire | typeof exotel | typeof voicedock | typeof mycpaas)['definition'];

/** What a provider makes of a request: its normal form, with the status looked up. Throws where a field is required and missing. */
function normalOf(definition: Definition, sent: Sent): NormalForm {
  const normal = definition.normalize(parsed(definition, sent), {});
  return { ...normal, status: statusOf(definition.statuses, normal.rawStatus) };
}

function parsed(definition: Definition, sent: Sent): unknown {
  const result = validate(definition.schema, messageOf(sent).fields, 'It');
  if (result.issues !== undefined) throw new Error('A required field is missing.');
  return result.value;
}

function keyOf(definition: Definition, sent: Sent): string {
  const fields = messageOf(sent).fields as never;
  return definition.eventKey(fields, definition.normalize(fields, {}));
}

/** What is answered to requests at a provider's endpoint, one after the other, and what the call is then. */
async function received(provider: CallStatusEvent['provider'], callId: string, ...requests: readonly Sent[]) {
  const calls = createCallStatus({ log: { info() {}, warn() {}, error() {} } });
  const receipts: (Receipt<AnyCallStatusEvent> | undefined)[] = [];
  for (const { body = '', ...request } of requests) {
    receipts.push(await calls.provider(provider).receive({ ...request, origin: ORIGIN, body: Buffer.from(body) }));
  }
  const call: Call | undefined = await calls.inbox.getCall(provider, callId);
  await calls.close();
  return { receipts, call };
}

/** All that is answered to an accepted callback: there is no body, and no header that speaks of one. */
const accepted = (event: object) => ({ status: 200, headers: {}, event: expect.objectContaining(event) });

const SID = 'b3877c40-da60-4998-90ad-b792e98472ca';

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

  it('three lists of required fields, of which call id and status are', () => {
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

describe('Exotel', () => {
  const { definition } = exotel;
  const CALL = { CallSid: '80bfbec2d78bbbf10fb851f4fa165211', Status: 'completed' };
  const json = (fields: object) => jsonOf({ ...CALL, ...fields });

  it('Status is terminal by the document, and in-progress when answered', () => {
    const answered = normalOf(definition, json({ EventType: 'answered', Status: 'in-progress' }));
    expect(answered.status).toBe('in-progress');
    expect(normalOf(definition, json({ EventType: 'terminal' })).status).toBe('completed');
  });

  it('AnsweredBy is Human or HUMAN, or absent', () => {
    for (const AnsweredBy of ['Human', 'HUMAN', 'human']) {
      expect(normalOf(definition, json({ Legs: [{ AnsweredBy: 'NA' }, { AnsweredBy }] })).answeredBy).toBe('human');
    }
    expect(normalOf(definition, json({ Legs: [{ Status: 'completed' }] })).answeredBy).toBeUndefined();
  });

  it('multipart by default, JSON in the sample, a form by another page: all give the same', () => {
    const flat = {
      ...CALL,
      ConversationDuration: '32',
      'Legs[0][Status]': 'completed',
      'Legs[0][OnCallDuration]': '41',
    };
    const part = ([name, value]: [string, string]) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const multipart: Sent = {
      method: 'POST',
      url: '/hooks',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `${Object.entries(flat).map(part).join('')}--b--\r\n`,
    };
    const fromJson = normalOf(
      definition,
      json({ ConversationDuration: 32, Legs: [{ Status: 'completed', OnCallDuration: 41 }] }),
    );
    expect(fromJson).toMatchObject({ durationSeconds: 32, legs: [{ status: 'completed', durationSeconds: 41 }] });
    expect(normalOf(definition, multipart)).toEqual(fromJson);
    expect(normalOf(definition, formOf(flat))).toEqual(fromJson);
    expect(keyOf(definition, multipart)).toBe(keyOf(definition, formOf(flat)));
  });

  it('a leg that was not attempted has null, an empty status, the word null, or none', () => {
    for (const leg of [{ Status: null }, { Status: '' }, { Status: 'null' }, {}, null]) {
      const sent = json({ Legs: [{ Status: 'busy' }, leg] });
      expect(normalOf(definition, sent).legs).toEqual([{ status: 'busy', rawStatus: 'busy' }, {}]);
      expect(keyOf(definition, sent)).toBe(keyOf(definition, json({ Legs: [{ Status: 'busy' }, {}] })));
    }
  });

  it('RecordingUrl is "always included", and absent, null or empty', () => {
    for (const fields of [{}, { RecordingUrl: null }, { RecordingUrl: '' }]) {
      expect(normalOf(definition, json(fields)).recording).toBeUndefined();
    }
    expect(normalOf(definition, json({ RecordingUrl: 'https://example.com/r' })).recording).toEqual({
      url: 'https://example.com/r',
    });
  });

  it('a signature is claimed on one page and denied by support: there is none, so a token proves', () => {
    expect(definition.signs).toBe('nothing');
    expect('authenticate' in definition).toBe(false);
    expect(exotel.callbackParams({ url: 'https://example.com', token: 't' }).StatusCallback).toBe(
      'https://example.com?token=t',
    );
  });

  it('CustomField comes with every callback, or with terminal ones alone', () => {
    expect(normalOf(definition, json({ CustomField: 'order_12345' })).custom).toBe('order_12345');
    expect(normalOf(definition, json({ EventType: 'answered' })).custom).toBeUndefined();
  });

  it('Duration is in the page of v3 alone', () => {
    expect(normalOf(definition, json({ Duration: '17' })).durationSeconds).toBe(17);
    expect(normalOf(definition, json({ Duration: '17', ConversationDuration: 8 })).durationSeconds).toBe(8);
  });

  it('the legs of the REST API are wrapped; those of callbacks are not, and a wrapped one tells nothing', () => {
    expect(normalOf(definition, json({ Legs: [{ Status: 'completed' }] })).legs).toEqual([
      { status: 'completed', rawStatus: 'completed' },
    ]);
    expect(normalOf(definition, json({ Legs: [{ Leg: { Id: 1, OnCallDuration: 21 } }] })).legs).toEqual([{}]);
  });
});

describe('VoiceDock', () => {
  const { definition } = voicedock;
  const update = (call: object, more: object = {}) => {
    return jsonOf({
      message: {
        type: 'status-update',
        call: { id: 'a', status: 'ended', type: 'inbound_phone_call', ...call },
        ...more,
      },
    });
  };

  it('three statuses by one page, four by another, nine and more by the changelog', () => {
    const statuses = [
      'in-progress',
      'ended',
      'ended-with-error',
      'connecting',
      'failed',
      'ringing',
      'transferred',
      'brand-new',
    ];
    expect(statuses.map((status) => normalOf(definition, update({ status })).status)).toEqual([
      'in-progress',
      'completed',
      'failed',
      'queued',
      'failed',
      'ringing',
      'completed',
      'unknown',
    ]);
  });

  it('assistant, end_reason and phone_number.id are in the types, not in the document', () => {
    const more = {
      assistant: { id: 'a-1' },
      end_reason: 'user_hangup',
      phone_number: { id: 'p-1', number: '+12025550143' },
    };
    const sent = update({}, more);
    expect(parsed(definition, sent)).toMatchObject({ message: more });
    expect(normalOf(definition, sent).to).toBe('+12025550143');
    expect(normalOf(definition, update({})).to).toBeUndefined();
  });

  it('numbers are strings, and null on web calls', () => {
    const sent = update({ type: 'web_call' }, { phone_number: { number: null }, customer: { number: null } });
    expect(normalOf(definition, sent)).toMatchObject({ direction: 'web', from: undefined, to: undefined });
  });

  it('a signature has the prefix sha256= or not', () => {
    const wrong = 'f'.repeat(64);
    const verdict = (signature: string) => {
      const headers = { 'x-webhook-timestamp': '1765627200', 'x-webhook-signature': signature };
      return definition.authenticate?.(messageOf(jsonOf('{}', '/', headers)), ['secret'], {}, 1_765_627_200_000);
    };
    const right = '2703e8ab46d9703bae09e82b3f1c6cbdebdc0d6179727b1501ba8f5262a5d25e';
    expect([verdict(right), verdict(`sha256=${right}`)]).toEqual(['valid', 'valid']);
    expect([verdict(wrong), verdict(`sha256=${wrong}`), verdict(`sha512=${right}`)]).toEqual(Array(3).fill('mismatch'));
  });

  it('the header is printed as User-Assistant; neither it nor User-Agent decides anything', () => {
    const sent = update({});
    for (const headers of [{}, { 'user-assistant': 'HMS-Sovereign/1.0' }, { 'user-agent': 'curl' }]) {
      expect(definition.recognizes(messageOf({ ...sent, headers: { ...sent.headers, ...headers } }))).toBe(true);
    }
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
