import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { received } from '../../test/received.ts';
import { basic } from '../provider/basic.ts';
import { infobip } from './infobip.ts';

const { definition } = infobip;
const CALL = 'd8d84155-3831-43fb-91c9-bb897149a79d';
const EVENT = {
  callId: CALL,
  callsConfigurationId: 'dc59',
  type: 'CALL_RINGING',
  timestamp: '2026-01-01T12:00:00.000Z',
};

describe('the end of a call', () => {
  const ended = async (type: string, state: string | undefined, name: string | undefined) => {
    const callLog = { state, errorCode: { id: 1, name, description: 'Why' } };
    const { call } = await received('infobip', CALL, jsonOf({ ...EVENT, type, properties: { callLog } }));
    return call?.outcome;
  };

  it.each([
    ['NORMAL_HANGUP', 'completed'],
    ['MACHINE_DETECTED', 'completed'],
    ['NO_ANSWER', 'no-answer'],
    ['REQUEST_TIMEOUT', 'no-answer'],
    ['BUSY', 'busy'],
    ['CANCELLED', 'canceled'],
    ['REJECTED', 'failed'],
    ['FORBIDDEN', 'failed'],
    ['DESTINATION_NOT_FOUND', 'failed'],
    ['DESTINATION_UNAVAILABLE', 'failed'],
    ['INVALID_DESTINATION', 'failed'],
    ['INVALID_REQUEST', 'failed'],
    ['SERVICE_UNAVAILABLE', 'failed'],
  ])('because of %s is %s, whatever the type is', async (name, outcome) => {
    for (const type of ['CALL_FINISHED', 'CALL_FAILED']) expect(await ended(type, undefined, name)).toBe(outcome);
  });

  it.each([
    ['CALL_FAILED', 'BUSY', 'SERVICE_UNAVAILABLE', 'busy'],
    ['CALL_FAILED', 'NO_ANSWER', undefined, 'no-answer'],
    ['CALL_FINISHED', 'CANCELLED', 'NORMAL_HANGUP', 'canceled'],
    ['CALL_FINISHED', 'FINISHED', undefined, 'completed'],
    ['CALL_FAILED', 'FAILED', 'UNHEARD_OF', 'failed'],
    ['CALL_FINISHED', 'FAILED', undefined, 'failed'],
    ['CALL_FINISHED', 'FAILED', 'UNHEARD_OF', 'failed'],
    ['CALL_FINISHED', 'FAILED', 'BUSY', 'busy'],
    ['CALL_FAILED', 'FINISHED', undefined, 'completed'],
    ['CALL_FAILED', 'FINISHED', 'UNHEARD_OF', 'completed'],
    ['CALL_FINISHED', 'FINISHED', 'NO_ANSWER', 'no-answer'],
    ['CALL_FAILED', 'FAILED', 'NORMAL_HANGUP', 'failed'],
    ['CALL_FINISHED', 'FAILED', 'MACHINE_DETECTED', 'failed'],
    // Without a state that ends a call, the cause decides, then the type.
    ['CALL_FAILED', 'RINGING', 'REJECTED', 'failed'],
    ['CALL_FAILED', 'RINGING', 'UNHEARD_OF', 'failed'],
    ['CALL_FINISHED', 'ESTABLISHED', undefined, 'completed'],
  ])('of the type %s in the state %s because of %s is %s', async (type, state, name, outcome) => {
    expect(await ended(type, state, name)).toBe(outcome);
  });

  it('proves an answer by its time, and is an error only if the call failed', () => {
    const log = (type: string, more: object = {}) => {
      const callLog = { errorCode: { id: 10_000, name: 'NORMAL_HANGUP', description: 'Hangup' }, ...more };
      return definition.normalize({ ...EVENT, type, properties: { callLog } }, {});
    };
    expect(log('CALL_FINISHED')).toMatchObject({ answered: undefined, error: undefined });
    expect(log('CALL_FINISHED', { answerTime: '2026-01-01T12:00:05.000+0000' })).toMatchObject({
      answered: true,
      answeredAt: '2026-01-01T12:00:05.000Z',
    });
    expect(log('CALL_FAILED').error).toEqual({ code: '10000', message: 'Hangup' });
  });
});

describe('the credentials', () => {
  const verdict = (authorization: string | undefined, ...secrets: readonly string[]) => {
    const sent = jsonOf(EVENT, '/hooks', authorization === undefined ? {} : { authorization });
    return definition.authenticate?.(messageOf(sent), secrets, {}, 0);
  };

  it('are a user name and a password, any of several', () => {
    expect(verdict(basic('me', 'a:b'), 'me:a:b')).toBe('valid');
    expect(verdict(basic('me', 'new'), 'me:old', 'me:new')).toBe('valid');
    expect(verdict(undefined, 'me:a')).toBe('missing');
  });

  it('may have their scheme in any case', () => {
    const [, credentials] = basic('me', 'ä:b').split(' ');
    for (const scheme of ['Basic', 'basic', 'BASIC ']) {
      expect(verdict(`${scheme} ${credentials}`, 'me:ä:b')).toBe('valid');
      expect(verdict(`${scheme} ${credentials}`, 'me:b')).toBe('mismatch');
    }
    expect(verdict(`Basicc ${credentials}`, 'me:ä:b')).toBe('mismatch');
  });

  it.each([basic('me', 'b'), basic('you', 'a'), basic('me', ''), 'Bearer me:a', 'me:a', ''])('are not %j', (given) => {
    expect(verdict(given, 'me:a')).toBe('mismatch');
    expect(verdict(given)).toBe('mismatch');
  });
});

describe('recognition', () => {
  it.each<[string, object, boolean]>([
    ['an event', EVENT, true],
    ['another event', { ...EVENT, type: 'CALL_DISCONNECTED' }, false],
    ['no call', { ...EVENT, callId: undefined }, false],
    ['no configuration', { ...EVENT, callsConfigurationId: undefined }, false],
  ])('of %s', (_, fields, expected) => {
    expect(definition.recognizes(messageOf(jsonOf(fields)))).toBe(expected);
  });

  it('is only of JSON', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(definition.recognizes(messageOf(jsonOf(EVENT, '/hooks', headers)))).toBe(false);
  });

  it.each([
    [{ ...EVENT, type: 'SAY_FINISHED' }, 'Its type is not a state of a call: it is another event.'],
    [{ ...EVENT, callsConfigurationId: undefined }, 'It has no callsConfigurationId: name the provider.'],
    [{ type: 'CALL_RINGING' }, undefined],
  ])('says why not: %#', (fields, reason) => {
    expect(definition.whyNot?.(messageOf(jsonOf(fields)), 'name the provider')).toBe(reason);
  });
});

it('makes the parameter of a notification profile', () => {
  expect(infobip.callbackParams({ url: 'https://example.com/hook', token: 't' })).toEqual({
    notifyUrl: 'https://example.com/hook?token=t',
  });
});
