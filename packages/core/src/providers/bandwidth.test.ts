import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { received } from '../../test/received.ts';
import { basic } from '../provider/basic.ts';
import { bandwidth } from './bandwidth.ts';

const { definition } = bandwidth;
const CALL = 'c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d';
const EVENT = {
  eventType: 'disconnect',
  eventTime: '2026-01-01T12:01:03.533Z',
  accountId: '55555555',
  applicationId: '7fc9698a-b04a-468b-9e8f-91238c0d0086',
  callId: CALL,
  direction: 'outbound',
};
const ANSWERED = { answerTime: '2026-01-01T12:00:05.321Z' };

describe('the end of a call', () => {
  const outcome = async (fields: object) => {
    const { call } = await received('bandwidth', CALL, jsonOf({ ...EVENT, ...fields }));
    return [call?.outcome, call?.answered];
  };

  it.each([
    ['busy', 'busy'],
    ['rejected', 'busy'],
    ['timeout', 'no-answer'],
    ['cancel', 'canceled'],
    ['callback-error', 'failed'],
    ['invalid-bxml', 'failed'],
    ['application-error', 'failed'],
    ['account-limit', 'failed'],
    ['node-capacity-exceeded', 'failed'],
    ['error', 'failed'],
    ['unknown', 'failed'],
  ])('because of %s is %s, whether it was answered or not', async (cause, status) => {
    expect(await outcome({ cause })).toEqual([status, false]);
    expect((await outcome({ cause, ...ANSWERED }))[0]).toBe(status);
  });

  it('is completed only after an answer', async () => {
    expect(await outcome({ cause: 'hangup', ...ANSWERED })).toEqual(['completed', true]);
    expect(await outcome({ cause: 'hangup' })).toEqual(['no-answer', false]);
    expect(await outcome({ cause: 'hangup', direction: 'inbound' })).toEqual(['canceled', false]);
    expect(await outcome({ cause: 'unheard-of', ...ANSWERED })).toEqual(['completed', true]);
    expect(await outcome({ cause: 'unheard-of' })).toEqual(['failed', false]);
    expect(await outcome({})).toEqual(['failed', false]);
  });
});

describe('the credentials', () => {
  const verdict = (authorization: string | undefined, ...secrets: readonly string[]) => {
    const sent = jsonOf(EVENT, '/hooks', authorization === undefined ? {} : { authorization });
    return definition.authenticate?.(messageOf(sent), secrets, {}, 0);
  };

  it('are a user name and a password, any of several', () => {
    // The example of the documentation.
    expect(verdict('Basic dXNlcjpwYXNz', 'user:pass')).toBe('valid');
    expect(verdict(basic('me', 'a:b'), 'me:a:b')).toBe('valid');
    expect(verdict(basic('me', 'new'), 'me:old', 'me:new')).toBe('valid');
    expect(verdict(undefined, 'me:a')).toBe('missing');
  });

  it.each([basic('me', 'b'), basic('you', 'a'), basic('me', ''), 'Basic', 'Bearer me:a', 'me:a', ''])(
    'are not %j',
    (given) => {
      expect(verdict(given, 'me:a')).toBe('mismatch');
      expect(verdict(given)).toBe('mismatch');
    },
  );
});

describe('the API', () => {
  const RECORD = {
    ...EVENT,
    eventType: undefined,
    eventTime: undefined,
    accountId: '9900000',
    from: '+12025550143',
    to: '+12025550178',
    startTime: '2026-01-01T12:00:00.234Z',
    answerTime: null,
    endTime: null,
    disconnectCause: null,
    errorMessage: null,
  };
  const ENDED = {
    ...RECORD,
    ...ANSWERED,
    state: 'disconnected',
    endTime: '2026-01-01T12:01:02.123Z',
    disconnectCause: 'hangup',
  };
  const ask = (body: unknown) => definition.fetchCall?.answers(body, [CALL], {}).get(CALL);

  it('is asked for a call of the account', () => {
    expect(definition.fetchCall?.request([CALL], { user: 'me', password: 'a:b', account: '9900000' })).toEqual({
      url: `https://voice.bandwidth.com/api/v2/accounts/9900000/calls/${CALL}`,
      headers: { Authorization: basic('me', 'a:b') },
    });
    for (const other of ['CA1', 'c-1', `${CALL}/recordings`]) {
      expect(definition.fetchCall?.callIdPattern.test(other)).toBe(false);
    }
  });

  it.each([
    ['queued', 'queued'],
    ['initiated', 'initiated'],
    ['answered', 'in-progress'],
  ])('says that a call is %s', (state, status) => {
    expect(ask({ ...RECORD, state })).toMatchObject({ form: { callId: CALL, rawStatus: state, status } });
  });

  it('says how a call ended, as its event does', () => {
    expect(ask(ENDED)).toMatchObject({
      form: {
        rawStatus: 'disconnect',
        direction: 'outbound',
        from: '+12025550143',
        to: '+12025550178',
        account: '9900000',
        startedAt: '2026-01-01T12:00:00.234Z',
        answeredAt: '2026-01-01T12:00:05.321Z',
        occurredAt: '2026-01-01T12:01:02.123Z',
        answered: true,
        hangup: { cause: 'hangup' },
      },
      raw: ENDED,
    });
    expect(ask({ ...ENDED, answerTime: null })).toMatchObject({ form: { status: 'no-answer', answered: false } });
  });

  it.each([null, 7, 'x', [], {}, { callId: CALL }, { state: 'queued' }, { ...RECORD, state: 'dreaming' }])(
    'makes nothing of %j',
    (body) => expect(definition.fetchCall?.answers(body, [CALL], {}).size).toBe(0),
  );

  it.each<[object, boolean]>([
    [{ user: 'me', password: 'a:b', account: '9900000' }, true],
    [{ user: 'me:a', password: 'b', account: '9900000' }, false],
    [{ user: '', password: 'b', account: '9900000' }, false],
    [{ user: 'me', password: 'b', account: '../9900000' }, false],
    [{ user: 'me', password: 'b', account: 9_900_000 }, false],
    [{ user: 'me', password: 'b' }, false],
  ])('takes the credentials %j: %s', (api, isValid) => {
    const result = definition.options?.['api']?.['~standard'].validate(api);
    expect('issues' in Object(result)).toBe(!isValid);
  });
});

describe('recognition', () => {
  it.each<[string, object, boolean]>([
    ['an end', EVENT, true],
    ['an event that waits for BXML', { ...EVENT, eventType: 'answer' }, false],
    ['no account', { ...EVENT, accountId: undefined }, false],
    ['no call', { ...EVENT, callId: undefined }, false],
    ['no application', { ...EVENT, applicationId: undefined }, false],
  ])('of %s', (_, fields, expected) => {
    expect(definition.recognizes(messageOf(jsonOf(fields)))).toBe(expected);
  });

  it.each([
    [{ ...EVENT, eventType: 'initiate' }, 'Its eventType is not disconnect: your application answers it.'],
    [{ ...EVENT, callId: '' }, 'It has no callId, accountId or applicationId: name the provider.'],
    [{ eventType: 'disconnect' }, undefined],
  ])('says why not: %#', (fields, reason) => {
    expect(definition.whyNot?.(messageOf(jsonOf(fields)), 'name the provider')).toBe(reason);
  });
});

it('makes the parameters of a call, with credentials if it gets them', () => {
  const target = { disconnectUrl: 'https://example.com/hook?token=t', disconnectMethod: 'POST' };
  const given = { url: 'https://example.com/hook', token: 't' };
  expect(bandwidth.callbackParams(given)).toEqual(target);
  expect(bandwidth.callbackParams({ ...given, credentials: 'me:a:b' })).toEqual({
    ...target,
    username: 'me',
    password: 'a:b',
  });
});
