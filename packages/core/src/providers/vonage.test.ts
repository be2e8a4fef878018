import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { received } from '../../test/received.ts';
import { vonage } from './vonage.ts';

const { definition } = vonage;
const UUID = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const EVENT = {
  uuid: UUID,
  conversation_uuid: `CON-${UUID}`,
  status: 'ringing',
  timestamp: '2026-01-01T12:00:00.000Z',
};
const get = (fields: Record<string, string>): Sent => ({
  method: 'GET',
  url: `/hooks?${new URLSearchParams(fields).toString()}`,
  headers: {},
});

describe('the first outcome stays', () => {
  const ended = async (...statuses: readonly string[]) => {
    const sent = statuses.map((status) => jsonOf({ ...EVENT, status, duration: '0' }));
    const { call, receipts } = await received('vonage', UUID, ...sent);
    return [call?.outcome, call?.answered, receipts.at(-1)?.event?.transition];
  };

  it.each([
    ['busy', 'busy'],
    ['cancelled', 'canceled'],
    ['unanswered', 'no-answer'],
    ['timeout', 'no-answer'],
    ['failed', 'failed'],
    ['rejected', 'failed'],
  ])('%s, although completed follows', async (status, outcome) => {
    const answered = outcome === 'failed' ? undefined : false;
    expect(await ended('started', 'ringing', status, 'completed')).toEqual([outcome, answered, 'conflict']);
  });

  it('in the order of the documented call that was busy', async () => {
    expect(await ended('busy', 'started', 'ringing', 'completed')).toEqual(['busy', false, 'conflict']);
  });
});

it('folds the detection of a machine, which names the call otherwise', async () => {
  const { uuid, ...rest } = EVENT;
  const { call } = await received(
    'vonage',
    UUID,
    jsonOf({ ...EVENT, status: 'answered' }),
    jsonOf({ ...rest, call_uuid: uuid, status: 'machine', sub_state: 'beep_start' }),
    jsonOf({ ...EVENT, status: 'completed', duration: '12', end_time: '2026-01-01T12:00:12.000Z' }),
  );
  expect(call).toMatchObject({
    status: 'completed',
    answered: true,
    answeredBy: 'machine',
    machineDetection: { result: 'beep_start' },
    durationSeconds: 12,
    endedAt: '2026-01-01T12:00:12.000Z',
  });
});

it.each([
  ['completed', '2', true],
  ['completed', 2, true],
  ['completed', '0', undefined],
  ['completed', undefined, undefined],
  ['busy', '2', undefined],
])('%s after %j seconds proves an answer: %s', (status, duration, answered) => {
  expect(definition.normalize({ ...EVENT, status, duration }, {}).answered).toBe(answered);
});

it('tells events of a call apart that have the same time', () => {
  const keyOf = (more: object) => {
    const fields = { ...EVENT, ...more };
    return definition.eventKey(fields, definition.normalize(fields, {}));
  };
  const keys = [{}, { status: 'started' }, { timestamp: '2026-01-01T12:00:01.000Z' }, { status: 'machine' }].map(keyOf);
  expect(new Set([...keys, keyOf({ status: 'machine', sub_state: 'beep_start' })]).size).toBe(5);
  expect(keyOf({})).toBe(keys[0]);
});

describe('recognition', () => {
  it.each<[string, object, boolean]>([
    ['an event', EVENT, true],
    ['an event of a detection', { ...EVENT, uuid: undefined, call_uuid: UUID }, true],
    ['no status', { ...EVENT, status: undefined }, false],
    ['no call', { ...EVENT, uuid: undefined }, false],
    ['no conversation', { ...EVENT, conversation_uuid: undefined }, false],
    ['another conversation', { ...EVENT, conversation_uuid: UUID }, false],
    ['a message', { ...EVENT, message_uuid: UUID }, false],
    ['a WebSocket', { ...EVENT, status: 'disconnected' }, false],
  ])('of %s', (_, fields, expected) => {
    expect(definition.recognizes(messageOf(jsonOf(fields)))).toBe(expected);
  });

  it('of a GET, where it may also be lax', () => {
    const { conversation_uuid: _, ...bare } = EVENT;
    expect(definition.recognizes(messageOf(get(EVENT)))).toBe(true);
    expect(definition.recognizes(messageOf(get(bare)))).toBe(false);
    expect(definition.recognizes(messageOf(get(bare)), true)).toBe(true);
    expect(definition.recognizes(messageOf(get({ status: 'ringing' })), true)).toBe(false);
  });

  it.each([
    [{ ...EVENT, status: undefined }, 'It has no status: it is another event, or the answer webhook.'],
    [{ ...EVENT, status: 'Record' }, 'Its status is record: it is another event.'],
    [{ ...EVENT, message_uuid: 'a' }, 'It has message_uuid: it is a message.'],
    [
      { ...EVENT, conversation_uuid: 'a' },
      'It lacks uuid, status or a conversation_uuid that begins with CON-: name the provider.',
    ],
    [{ status: 'ringing' }, undefined],
  ])('says why not: %#', (fields, reason) => {
    expect(definition.whyNot?.(messageOf(jsonOf(fields)), 'name the provider')).toBe(reason);
  });
});

describe('callbackParams', () => {
  const url = 'https://example.com/hook';

  it('asks for POST, or GET', () => {
    expect(vonage.callbackParams({ url, token: 't' })).toEqual({ event_url: [`${url}?token=t`], event_method: 'POST' });
    expect(vonage.callbackParams({ url, method: 'GET' })).toEqual({ event_url: [url], event_method: 'GET' });
  });

  it('refuses another method', () => {
    expect(() => vonage.callbackParams({ url, method: 'PUT' as never })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });
});

it('takes no tolerance that is not a number', () => {
  const validate = (value: unknown) => definition.options?.['toleranceSeconds']?.['~standard'].validate(value);
  expect(validate(60)).toEqual({ value: 60 });
  for (const wrong of [-1, Number.NaN, '60']) expect(validate(wrong)).toHaveProperty('issues');
});
