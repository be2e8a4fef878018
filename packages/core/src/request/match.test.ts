import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import type { CallStatusError } from '../errors.ts';
import type { Provider } from '../provider/define-provider.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';
import { match, mayBeCallback, methodsOf, recognitionOf } from './match.ts';

const FORM = 'application/x-www-form-urlencoded';
const ALL = [signalwire(), exotel(), voicedock(), mycpaas()];

function message(body: string, more: object = {}): IncomingCallback {
  const request = { method: 'POST', url: '/', origin: '', headers: { 'content-type': FORM }, body: Buffer.from(body) };
  return new IncomingCallback({ ...request, ...more }, DEFAULT_LIMITS);
}

function matchOrReport(
  message: IncomingCallback,
  providers: readonly Provider[],
  report: (error: CallStatusError) => void,
): Provider | undefined {
  return match(message, recognitionOf(providers), report);
}

function matched(message: IncomingCallback, providers: readonly Provider[]): Provider | undefined {
  return matchOrReport(message, providers, (error) => {
    throw error;
  });
}

describe('mayBeCallback', () => {
  const may = (head: object, providers: readonly Provider[] = ALL): boolean =>
    mayBeCallback({ method: 'POST', headers: {}, ...head }, methodsOf(providers), 100);

  it('takes the methods that providers use', () => {
    expect(['POST', 'GET', 'PUT', 'HEAD'].map((method) => may({ method }))).toEqual([true, true, false, false]);
    expect(may({ method: 'GET' }, [voicedock()])).toBe(false);
  });

  it('takes any body where the URL is only for callbacks', () => {
    expect(may({ headers: { 'content-type': 'text/plain', 'content-length': '1000' } })).toBe(true);
  });

  it.each([
    [true, { 'content-type': FORM, 'content-length': '100' }],
    [true, { 'content-type': ' Application/JSON; charset=utf-8', 'content-length': '1' }],
    [true, { 'content-type': 'application/vnd.acme+json', 'content-length': '1' }],
    [true, { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1' }],
    [false, { 'content-type': FORM, 'content-length': '101' }],
    [false, { 'content-type': FORM }],
    [false, { 'content-type': FORM, 'content-length': '1', 'content-encoding': 'gzip' }],
    [true, { 'content-type': FORM, 'content-length': '1', 'content-encoding': '' }],
    [true, { 'content-type': FORM, 'content-length': '1', 'content-encoding': 'Identity' }],
    [false, { 'content-type': 'application/jsonl', 'content-length': '1' }],
    [false, { 'content-length': '1' }],
  ])('elsewhere looks only at short bodies of a callback: %s for %o', (expected, headers) => {
    expect(may({ callbackOnly: false, headers })).toBe(expected);
  });
});

describe('methodsOf', () => {
  it('are those of any of the providers', () => {
    expect([methodsOf(ALL), methodsOf([mycpaas()]), methodsOf([])]).toEqual([['POST', 'GET'], ['POST'], []]);
  });
});

describe('match', () => {
  it('takes the named provider without asking whether it recognizes the callback', () => {
    const [provider] = ALL;
    expect(matched(message('nothing=of+it'), [provider as Provider])).toBe(provider);
  });

  it('passes a GET on whose query does not decode, unless the provider is named', () => {
    const get = message('', { method: 'GET', url: `/?${'a=1&'.repeat(2000)}` });
    expect(matched(get, ALL)).toBeUndefined();
    expect(() => matched(get, [signalwire()])).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('passes a method on that the named provider does not use', () => {
    expect(matched(message('CallSid=1&CallStatus=busy', { method: 'DELETE' }), [mycpaas()])).toBeUndefined();
  });

  it('asks even the named one where others use the URL, and for a GET, which may be a visitor', () => {
    const one = [signalwire()];
    expect(matched(message('nothing=of+it', { callbackOnly: false }), one)).toBeUndefined();
    expect(matched(message('', { method: 'GET', url: '/?nothing=of+it' }), one)).toBeUndefined();
  });

  it('takes a GET that a named provider may have sent, where it would be too little to tell providers apart', () => {
    const get = { method: 'GET', url: '/?CallSid=b3877c40&CallStatus=completed' };
    expect(matched(message('', get), [signalwire()])?.name).toBe('signalwire');
    expect(matched(message('', { ...get, callbackOnly: false }), [signalwire()])).toBeUndefined();
    expect(matched(message('', get), ALL)).toBeUndefined();
  });

  it("does not take Twilio's signature for SignalWire's where others are tried", () => {
    const headers = { 'content-type': FORM, 'x-twilio-signature': 'x' };
    const twilio = { ...mycpaas(), name: 'twilio', definition: { ...mycpaas.definition, recognizes: () => true } };
    const sent = message('CallSid=CA1&CallStatus=busy&Timestamp=x', { headers });
    expect(matched(sent, [...ALL, twilio])).toBe(twilio);
  });

  it('finds the only one that recognizes the callback, among those that use its method', () => {
    expect(matched(message('CallSid=CA1&CallStatus=busy'), ALL)?.name).toBe('mycpaas');
    expect(matched(message('', { method: 'GET', url: '/?CallSid=CA1&CallStatus=busy' }), ALL)).toBeUndefined();
    expect(matched(message('a=1'), ALL)).toBeUndefined();
    expect(matched(message('a=1'), [])).toBeUndefined();
  });

  it('never guesses between two that match', () => {
    const twins = [mycpaas(), { ...mycpaas(), name: 'twin' }];
    expect(() => matched(message('CallSid=CA1&CallStatus=busy'), twins)).toThrow(
      expect.objectContaining({ code: 'ambiguous_provider', status: 422 }),
    );
  });

  it('minds a body that does not decode only where the URL is only for callbacks', () => {
    const broken = { headers: { 'content-type': 'application/json' } };
    expect(() => matched(message('{', broken), ALL)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
    expect(matched(message('{', { ...broken, callbackOnly: false }), ALL)).toBeUndefined();
  });

  it('asks those whose fields a request has, and those that name none', () => {
    const shown: string[] = [];
    const spy = (name: string, more: object): Provider => {
      const recognizes = () => {
        shown.push(name);
        return false;
      };
      return { ...mycpaas(), name, definition: { ...mycpaas.definition, recognizes, ...more } };
    };
    const providers = [
      spy('one', { recognizedBy: ['a'] }),
      spy('two', { recognizedBy: ['b', 'c'] }),
      spy('any', { recognizedBy: undefined }),
      spy('decodes', { recognizedBy: ['z'], decode: () => ({}) }),
    ];
    const shownFor = (body: string): string => {
      shown.length = 0;
      expect(matched(message(body), providers)).toBeUndefined();
      return shown.join(' ');
    };
    expect(shownFor('x=1')).toBe('any decodes');
    expect(shownFor('a=1')).toBe('one any decodes');
    expect(shownFor('c=1')).toBe('two any decodes');
    expect(shownFor('a=&b=')).toBe('one two any decodes');
  });

  it('decodes a body once that does not decode', () => {
    const unreadable = message('{', { headers: { 'content-type': 'application/json' }, callbackOnly: false });
    const read = vi.spyOn(unreadable, 'record', 'get');
    expect(matched(unreadable, ALL)).toBeUndefined();
    // Once to choose whom to ask, and once by the first of them, which says why.
    expect(read).toHaveBeenCalledTimes(2);
  });

  describe('where a provider throws', () => {
    const cause = new TypeError('a bug');
    const buggy = {
      ...mycpaas(),
      name: 'buggy',
      definition: {
        ...mycpaas.definition,
        methods: ['POST', 'GET'] as const,
        recognizes: () => {
          throw cause;
        },
      },
    };
    const unexpected = expect.objectContaining({ code: 'unexpected', details: { provider: 'buggy' }, cause });
    const sent = 'CallSid=CA1&CallStatus=busy';

    it('takes the one that recognizes the callback, and reports the other', () => {
      const report = vi.fn();
      expect(matchOrReport(message(sent), [buggy, ...ALL], report)?.name).toBe('mycpaas');
      expect(report).toHaveBeenCalledExactlyOnceWith(unexpected);
    });

    it.each(['POST', 'GET'])('throws for a %s where the URL is only for callbacks', (method) => {
      const request = message(sent, { method, url: `/?${sent}` });
      expect(() => matched(request, [buggy, voicedock()])).toThrow(unexpected);
    });

    it('reports it where the URL is for others too, whose requests are passed on', () => {
      const report = vi.fn();
      expect(matchOrReport(message(sent, { callbackOnly: false }), [buggy], report)).toBeUndefined();
      expect(report).toHaveBeenCalledExactlyOnceWith(unexpected);
    });
  });
});
