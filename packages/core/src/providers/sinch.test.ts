import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { normalize } from '../../test/normalized.ts';
import { sinch } from './sinch.ts';

const { definition } = sinch;
const CALL = '822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257';
const ENDED = { event: 'dice', callid: CALL, result: 'ANSWERED', reason: 'CALLERHANGUP', duration: 16 };

it.each<[object, Record<string, string>, boolean, string | undefined]>([
  [{ ...ENDED, applicationKey: 'k' }, {}, true, undefined],
  [ENDED, { authorization: 'Application k:c2ln' }, true, undefined],
  [ENDED, {}, false, 'It lacks callid, result, or the key of the application: name it.'],
  [
    { ...ENDED, event: 'ace' },
    { authorization: 'application k:c2ln' },
    false,
    'Its event is not dice: it may wait for SVAML.',
  ],
  [
    { ...ENDED, callid: undefined, callId: CALL },
    {},
    false,
    'It lacks callid, result, or the key of the application: name it.',
  ],
  [
    { ...ENDED, result: 7, applicationKey: 'k' },
    {},
    false,
    'It lacks callid, result, or the key of the application: name it.',
  ],
  [{ event: 'dice' }, {}, false, undefined],
])('of %j with %j, recognition says %s', (body, headers, expected, why) => {
  const message = messageOf(jsonOf(body, '/', headers));
  expect(definition.recognizes(message)).toBe(expected);
  if (!expected) expect(definition.whyNot?.(message, 'name it')).toBe(why);
});

it.each([
  ['ANSWERED', 'CALLERHANGUP', 'completed'],
  ['ANSWERED', 'CANCEL', 'completed'],
  ['BUSY', 'CALLERHANGUP', 'busy'],
  ['NOANSWER', 'CANCEL', 'canceled'],
  ['FAILED', 'OTHERPEERANSWERED', 'canceled'],
  ['FAILED', 'BLOCKED', 'failed'],
  ['N/A', 'TIMEOUT', 'no-answer'],
  ['N/A', 'MANAGERHANGUP', 'canceled'],
  ['N/A', 'GENERALERROR', 'failed'],
  ['N/A', 'NOCREDITPARTNER', 'failed'],
  ['N/A', 'N/A', 'unknown'],
])('%s with the reason %s is %s', (result, reason, expected) => {
  const event = normalize(sinch(), { ...ENDED, result, reason }, 'none', 0);
  expect(event.status).toBe(expected);
  expect(event.answered).toBe(
    expected === 'completed' ? true : ['failed', 'unknown'].includes(expected) ? undefined : false,
  );
});

describe('the API', () => {
  const ask = (body: unknown) => definition.fetchCall?.answers(body, [CALL], {}).get(CALL);
  const record = {
    callId: CALL,
    status: 'FINAL',
    result: 'BUSY',
    reason: 'BUSY',
    duration: 0,
    timestamp: '2024-01-01T00:00:00Z',
  };

  it('is asked for one call', () => {
    expect(definition.fetchCall?.request([CALL], { key: 'k', secret: 's' })).toEqual({
      url: `https://calling.api.sinch.com/calling/v1/calls/id/${CALL}`,
      headers: { Authorization: `Basic ${Buffer.from('k:s').toString('base64')}` },
    });
    expect('../../calls/x').not.toMatch(definition.fetchCall?.callIdPattern as RegExp);
  });

  it('says how a call ended, and nothing of one that goes on', () => {
    expect(ask(record)).toMatchObject({ form: { callId: CALL, rawStatus: 'BUSY', status: 'busy' }, raw: record });
    expect(ask(record)).toHaveProperty('form.occurredAt', undefined);
    for (const body of [null, [], { ...record, status: 'ONGOING' }, { ...record, callId: 7 }])
      expect(ask(body)).toBeUndefined();
  });
});

it('makes the body that sets the callback URL', () => {
  const url = 'https://hooks.example.com/sinch';
  expect(sinch.callbackParams({ url, token: 't' })).toEqual({ url: { primary: `${url}?token=t` } });
  expect(() => sinch.callbackParams({ url, uri: 'x' } as never)).toThrow('uri');
});
