// Where the documents of these providers disagree with each other or with the wire: one test for each.
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { keyOf, normalOf, parsed } from '../../test/received.ts';
import { exotel } from './exotel.ts';
import { voicedock } from './voicedock.ts';

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

  it('one page claims a signature and support denies it: there is none, so a token is the proof', () => {
    expect(definition.signs).toBe('nothing');
    expect('authenticate' in definition).toBe(false);
    expect(exotel.callbackParams({ url: 'https://example.com', token: 't' }).StatusCallback).toBe(
      'https://example.com?token=t',
    );
  });

  it('CustomField comes with every callback, or only with terminal ones', () => {
    expect(normalOf(definition, json({ CustomField: 'order_12345' })).custom).toBe('order_12345');
    expect(normalOf(definition, json({ EventType: 'answered' })).custom).toBeUndefined();
  });

  it('Duration is only in the page of v3', () => {
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
