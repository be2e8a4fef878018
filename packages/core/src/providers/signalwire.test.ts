import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import { signalwire } from './signalwire.ts';

const { definition } = signalwire;
const KEY = 'PSKtest1234567890abcdef';

function verdict(sent: Sent, secrets: readonly string[] = [KEY], origin: string = ORIGIN): unknown {
  return definition.authenticate?.(messageOf(sent, origin), secrets, {}, 0);
}

function sign(text: string, algorithm = 'sha1', encoding: 'base64' | 'hex' = 'base64', key: string = KEY): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

describe('test vectors', () => {
  const jsonA = '{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}';
  // A, B and C are published with SignalWire's SDKs. The numbers of B are not fictitious, but its signatures hold for no others.
  const fieldsB = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const urlC = '/webhook?bodySHA256=69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4';
  // Made by another program: printf '%s' "$URL$FIELDS" | openssl dgst -sha1 -hmac $KEY -binary | base64, and with -sha256.
  const fieldsD = {
    AccountSid: 'b3877c40-da60-4998-90ad-b792e98472af',
    CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca',
    CallStatus: 'completed',
    From: '+15551234567',
    To: '+18005550199',
  };
  const sha1 = (signature: string) => ({ 'x-signalwire-signature': signature });
  const sha256 = (signature: string) => ({ 'x-signalwire-sha256-signature': signature });

  it.each<[string, Sent, string, string]>([
    ['A', jsonOf(jsonA, '/webhook', sha1('c3c08c1fefaf9ee198a100d5906765a6f394bf0f')), 'https://example.ngrok.io', KEY],
    [
      'B',
      formOf(fieldsB, '/myapp.php?foo=1&bar=2', sha1('RSOYDt4T1cUTdK1PDd93/VVr8B8=')),
      'https://mycompany.com',
      '12345',
    ],
    [
      'B with SHA-256',
      formOf(fieldsB, '/myapp.php?foo=1&bar=2', sha256('033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=')),
      'https://mycompany.com',
      '12345',
    ],
    [
      'C',
      jsonOf('{"event":"call.state"}', urlC, sha1('dfO9ek8mxyFtn2nMz24plPmPfIY=')),
      'https://example.ngrok.io',
      KEY,
    ],
    [
      'D',
      formOf(fieldsD, '/hooks/signalwire?tenant=7', sha1('cZ/oxIe1oj7CTLf1yPH+D7mebFg=')),
      'https://example.com',
      KEY,
    ],
    [
      'D with SHA-256',
      formOf(fieldsD, '/hooks/signalwire?tenant=7', sha256('AIgRis+R9802J2koLlJXxj9yOkRO1vPVQuI9qZDIQ3s=')),
      'https://example.com',
      KEY,
    ],
  ])('%s', (_, sent, origin, key) => {
    expect(verdict(sent, [key], origin)).toBe('valid');
    expect(verdict(sent, [`${key}x`], origin)).toBe('mismatch');
    expect(verdict({ ...sent, url: `${sent.url}&x` }, [key], origin)).toBe('mismatch');
  });
});

const FIELDS = {
  To: '+12025550178',
  CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  CallStatus: 'completed',
  From: 'ä b',
};
const CONTENT = `CallSid${FIELDS.CallSid}CallStatuscompletedFromä bTo+12025550178`;
const SIGNATURE = sign(`${ORIGIN}/hooks${CONTENT}`);

describe('form callbacks', () => {
  const form = (headers: Sent['headers'], url?: string) => formOf(FIELDS, url, headers);

  it.each([
    ['x-signalwire-signature', 'sha1'],
    ['x-twilio-signature', 'sha1'],
    ['x-signalwire-sha256-signature', 'sha256'],
    ['x-twilio-sha256-signature', 'sha256'],
  ])('are signed in %s with %s', (header, algorithm) => {
    expect(verdict(form({ [header]: sign(`${ORIGIN}/hooks${CONTENT}`, algorithm) }))).toBe('valid');
    const other = algorithm === 'sha1' ? 'sha256' : 'sha1';
    expect(verdict(form({ [header]: sign(`${ORIGIN}/hooks${CONTENT}`, other) }))).toBe('mismatch');
  });

  it('are genuine when one of several signatures is', () => {
    const headers = {
      'x-signalwire-signature': 'x',
      'x-twilio-sha256-signature': sign(`${ORIGIN}/hooks${CONTENT}`, 'sha256'),
    };
    expect(verdict(form(headers))).toBe('valid');
  });

  it('need a signature', () => {
    expect(verdict(form({}))).toBe('missing');
  });

  it('are refused without any key', () => {
    expect(verdict(form({ 'x-signalwire-signature': SIGNATURE }), [])).toBe('mismatch');
  });

  it('are genuine with any of several keys', () => {
    expect(verdict(form({ 'x-signalwire-signature': SIGNATURE }), ['old', KEY])).toBe('valid');
  });

  it.each([
    ['https://hooks.example.com', 'https://hooks.example.com:443'],
    ['https://hooks.example.com:443', 'https://hooks.example.com'],
    ['http://localhost', 'http://localhost:80'],
  ])('called at %s may be signed for %s', (called, signed) => {
    const headers = { 'x-signalwire-signature': sign(`${signed}/hooks${CONTENT}`) };
    expect(verdict(form(headers), [KEY], called)).toBe('valid');
  });

  it('of another port are refused', () => {
    const headers = { 'x-signalwire-signature': sign(`https://hooks.example.com:8443/hooks${CONTENT}`) };
    expect(verdict(form(headers))).toBe('mismatch');
  });

  it.each([
    ['empty', ''],
    ['truncated', SIGNATURE.slice(0, -1)],
    ['longer', `${SIGNATURE}=`],
    ['in another encoding', sign(`${ORIGIN}/hooks${CONTENT}`, 'sha1', 'hex')],
    ['garbage', '\u0000é\uD800'],
    ['huge', SIGNATURE.repeat(500)],
  ])('are refused when the signature is %s', (_, signature) => {
    expect(verdict(form({ 'x-signalwire-signature': signature }))).toBe('mismatch');
  });

  it('sign a repeated name once for each value', () => {
    const sent = { ...form({ 'x-signalwire-signature': sign(`${ORIGIN}/hooksa2a1b3`) }), body: 'b=3&a=2&a=1' };
    expect(verdict(sent)).toBe('valid');
    expect(verdict({ ...sent, body: 'b=3&a=1&a=2' })).toBe('mismatch');
  });

  it('are verified after another parser took them', () => {
    const { body: _, ...sent } = form({ 'x-signalwire-signature': SIGNATURE });
    expect(verdict({ ...sent, parsed: FIELDS })).toBe('valid');
    expect(verdict({ ...sent, parsed: { ...FIELDS, CallStatus: 'failed' } })).toBe('mismatch');
  });

  it('are refused when another parser made fields that the signature does not cover', () => {
    const { body: _, ...sent } = form({ 'x-signalwire-signature': SIGNATURE });
    expect(() => verdict({ ...sent, parsed: { ...FIELDS, Extra: { nested: 'x' } } })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });

  it('are not covered by bodySHA256, with which JSON is signed', () => {
    const body = JSON.stringify({ From: '&CallSid=a&CallStatus=completed&' });
    const url = `/hooks?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const headers = { 'x-signalwire-signature': sign(ORIGIN + url) };
    expect(verdict(jsonOf(body, url, headers))).toBe('valid');
    expect(verdict({ ...form(headers, url), body })).toBe('mismatch');
  });
});

describe('a signature, which has no borders between fields,', () => {
  const url = '/hooks';
  const victim = 'CallSidvictimCallStatuscompletedCallbackSourcex@example.com';
  const own = { AccountSid: 'ac', CallSid: 'own', CallStatus: 'ringing', From: `sip:${victim}`, To: 'you' };
  const text = Object.entries(own).flat().join('');
  const headers = { 'x-signalwire-signature': sign(`${ORIGIN}${url}${text}`) };
  const at = text.indexOf(victim);
  const shifted = { code: 'signature_mismatch', message: expect.stringContaining('by shifting the borders') };

  it('is not taken for another call, whose fields are in a value of a signed one', () => {
    const rest = text.slice(at + 'CallSidvictimCallStatuscompletedCallbackSource'.length);
    const fields = {
      AccountSid: text.slice('AccountSid'.length, at),
      CallSid: 'victim',
      CallStatus: 'completed',
      CallbackSource: rest,
    };
    expect(`${Object.entries(fields).flat().join('')}`).toBe(text);
    expect(() => verdict(formOf(fields, url, headers))).toThrow(expect.objectContaining(shifted));
  });

  it('is not taken for a GET, whose URL has them', () => {
    const whole = `/hooks?a=${text.slice(0, at)}&CallSid=victim&CallStatus=completed`;
    const signed = { 'x-signalwire-signature': sign(ORIGIN + whole) };
    expect(() => verdict({ method: 'GET', url: whole, headers: signed })).toThrow(expect.objectContaining(shifted));
  });

  it('is not taken for another call, whose fields hide the true ones in a name', () => {
    const fields = { AccountSidacCallSidown: 'x', CallSid: 'victim', CallStatus: 'completed' };
    const sent = Object.entries(fields).flat().join('');
    const signed = { 'x-signalwire-signature': sign(`${ORIGIN}${url}${sent}`) };
    expect(() => verdict(formOf(fields, url, signed))).toThrow(expect.objectContaining(shifted));
  });

  it('is genuine for names that end like those', () => {
    const fields = { CallSid: 'own', CallStatus: 'ringing', ParentCallSid: 'parent' };
    const sent = Object.entries(fields).flat().join('');
    expect(verdict(formOf(fields, url, { 'x-signalwire-signature': sign(`${ORIGIN}${url}${sent}`) }))).toBe('valid');
  });
});

describe('GET callbacks', () => {
  const url = '/hooks?CallSid=a&CallStatus=completed';

  it('are signed by their URL', () => {
    expect(verdict({ method: 'GET', url, headers: { 'x-signalwire-signature': sign(ORIGIN + url) } })).toBe('valid');
  });

  it('do not lend their signature to a body', () => {
    const headers = { 'x-signalwire-signature': sign(ORIGIN + url) };
    expect(verdict(formOf({ CallSid: 'b' }, url, headers))).toBe('mismatch');
    expect(verdict(jsonOf({ CallSid: 'b', CallStatus: 'failed' }, url, headers))).toBe('mismatch');
  });
});

describe('JSON callbacks', () => {
  const body = '{"CallSid":"a","CallStatus":"completed"}';

  it('are refused when only their URL is signed', () => {
    expect(verdict(jsonOf(body, '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks`) }))).toBe('mismatch');
    expect(verdict(jsonOf(body, '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks`, 'sha1', 'hex') }))).toBe(
      'mismatch',
    );
  });

  it('are refused when they cannot be read', () => {
    expect(verdict(jsonOf('{', '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks{`) }))).toBe('mismatch');
  });

  it('are refused when bodySHA256 is of another body, or not alone', () => {
    const hash = createHash('sha256').update(body).digest('hex');
    for (const url of [
      `/hooks?bodySHA256=${hash.toUpperCase()}`,
      `/hooks?bodySHA256=${hash}&bodySHA256=${hash}`,
      '/hooks?bodySHA256=',
    ]) {
      expect(verdict(jsonOf(body, url, { 'x-signalwire-signature': sign(ORIGIN + url) }))).toBe('mismatch');
    }
  });

  it('need the bytes', () => {
    const { body: _, ...sent } = jsonOf(body, '/hooks', { 'x-signalwire-signature': 'x' });
    expect(() => verdict({ ...sent, parsed: JSON.parse(body) })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
    const inHex = { ...sent.headers, 'x-signalwire-signature': 'a0' };
    expect(() => verdict({ ...sent, headers: inHex, parsed: JSON.parse(body) })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });

  it('may be signed over their bytes in hex with SHA-256', () => {
    const headers = { 'x-signalwire-sha256-signature': sign(`${ORIGIN}/hooks${body}`, 'sha256', 'hex') };
    expect(verdict(jsonOf(body, '/hooks', headers))).toBe('valid');
  });
});

it.each(['multipart/form-data; boundary=x', 'text/plain', undefined])(
  'refuses a body of type %s, which nothing covers',
  (type) => {
    const headers = {
      'x-signalwire-signature': sign(`${ORIGIN}/hooks`),
      ...(type !== undefined && { 'content-type': type }),
    };
    expect(verdict({ method: 'POST', url: '/hooks', headers, body: '--x--' })).toBe('mismatch');
  },
);

describe('a signature holds for nothing but what it was made for', () => {
  const url = '/hooks?tenant=7';
  const body = 'CallSid=a1&CallStatus=completed&From=%2B12025550143';
  const text = `${url}CallSida1CallStatuscompletedFrom+12025550143`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-signalwire-signature': sign(ORIGIN + text),
  };

  /** The text with one character changed into another. Not in its case: `%2b` is `%2B`. */
  const flipped = (original: string) =>
    fc
      .tuple(fc.nat(original.length - 1), fc.constantFrom('a', 'f', 'Z', '0', '1', '9', '-', '_', '~', '!'))
      .filter(([at, character]) => original[at]?.toLowerCase() !== character.toLowerCase())
      .map(([at, character]) => original.slice(0, at) + character + original.slice(at + 1));

  it('whatever changes in the URL', () => {
    fc.assert(
      fc.property(flipped(url), (changed) => verdict({ method: 'POST', url: changed, headers, body }) !== 'valid'),
    );
  });

  it('whatever changes in the body', () => {
    fc.assert(
      fc.property(flipped(body), (changed) => verdict({ method: 'POST', url, headers, body: changed }) !== 'valid'),
    );
  });

  it('whatever changes in the signature', () => {
    fc.assert(
      fc.property(flipped(headers['x-signalwire-signature']), (signature) => {
        return (
          verdict({ method: 'POST', url, headers: { ...headers, 'x-signalwire-signature': signature }, body }) !==
          'valid'
        );
      }),
    );
  });

  it('whatever fields there are', () => {
    const fields = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !/[[\]]|^__proto__$/.test(name)),
      fc.string(),
    );
    fc.assert(
      fc.property(fields, fields, (signed, sent) => {
        const content = (of: Record<string, string>) =>
          Object.keys(of)
            .sort()
            .map((name) => name + of[name])
            .join('');
        const signature = { 'x-signalwire-signature': sign(`${ORIGIN}/hooks${content(signed)}`) };
        expect(verdict(formOf(signed, '/hooks', signature))).toBe('valid');
        const same = content(signed) === content(sent);
        expect(verdict(formOf(sent, '/hooks', signature))).toBe(same ? 'valid' : 'mismatch');
      }),
    );
  });
});

describe('recognition', () => {
  const fields = { CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7', CallStatus: 'ringing', SequenceNumber: '1' };

  it.each([
    ['a bare UUID and a field of status callbacks', fields, {}, true],
    ['another id', { ...fields, CallSid: 'CA1234567890abcdef' }, {}, false],
    ['another id, signed', { ...fields, CallSid: 'CA1' }, { 'x-signalwire-signature': 'x' }, true],
    ['another id, signed with SHA-256', { ...fields, CallSid: 'CA1' }, { 'x-signalwire-sha256-signature': 'x' }, true],
    ['another id, signed under the alias', { ...fields, CallSid: 'CA1' }, { 'x-twilio-signature': 'x' }, false],
    [
      'a signed request for cXML',
      { CallSid: fields.CallSid, CallStatus: 'ringing' },
      { 'x-signalwire-signature': 'x' },
      false,
    ],
    ['no status', { CallSid: fields.CallSid, SequenceNumber: '1' }, {}, false],
    ['no call', { CallStatus: 'ringing', SequenceNumber: '1' }, {}, false],
  ])('of %s', (_, sent, headers, expected) => {
    expect(definition.recognizes(messageOf(formOf(sent, '/', headers)))).toBe(expected);
  });
});

describe('recognition where SignalWire is named', () => {
  const call = '/?CallSid=7c9e6679&CallStatus=completed';

  it.each([
    ['a call and a status', call, {}, true],
    ['a call alone', '/?CallSid=7c9e6679', {}, false],
    ['nothing', '/?token=x', {}, false],
    ['a signature', '/', { 'x-signalwire-signature': 'x' }, true],
    ['a signature under the alias', '/', { 'x-twilio-signature': 'x' }, true],
    ['a signature with SHA-256', '/', { 'x-signalwire-sha256-signature': 'x' }, true],
    ['a signature with SHA-256 under the alias', '/', { 'x-twilio-sha256-signature': 'x' }, true],
  ] as const)('of a GET with %s', (_, url, headers, expected) => {
    const callback = messageOf({ method: 'GET', url, headers });
    expect(definition.recognizes(callback, true)).toBe(expected);
    expect(definition.recognizes(callback)).toBe(false);
  });
});

describe('callbackParams', () => {
  it('asks for every event by POST', () => {
    expect(signalwire.callbackParams({ url: 'https://example.com/hook#rt=5000' })).toEqual({
      StatusCallback: 'https://example.com/hook#rt=5000',
      StatusCallbackMethod: 'POST',
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
  });

  it('asks for what it is told', () => {
    const options = {
      url: 'https://example.com/hook?a=1#rt=5000',
      token: 't',
      method: 'GET',
      events: ['completed'],
    } as const;
    expect(signalwire.callbackParams(options)).toEqual({
      StatusCallback: 'https://example.com/hook?a=1&token=t#rt=5000',
      StatusCallbackMethod: 'GET',
      StatusCallbackEvent: ['completed'],
    });
  });

  it('makes attributes of cXML', () => {
    expect(signalwire.callbackAttributes({ url: 'https://example.com/hook', token: 't' })).toEqual({
      statusCallback: 'https://example.com/hook?token=t',
      statusCallbackMethod: 'POST',
      statusCallbackEvent: 'initiated ringing answered completed',
    });
  });
});

const formOfCall = (fields: object) => definition.normalize({ CallSid: 'a', CallStatus: 'completed', ...fields }, {});

it('tells who picked up, if SignalWire does', () => {
  expect(formOfCall({ AnsweredBy: 'machine_end_beep', MachineDetectionDuration: '4200' })).toMatchObject({
    answeredBy: 'machine',
    machineDetection: { result: 'machine_end_beep', durationMs: 4200 },
  });
});

it.each([
  [{ HangupBy: '+15551230001' }, { by: 'caller', number: '+15551230001' }],
  [
    { HangupBy: ' 15551230002', HangupDirection: 'Outbound' },
    { by: 'callee', number: '+15551230002', direction: 'outbound' },
  ],
  [{ HangupBy: '+15551230003' }, { number: '+15551230003' }],
  [{ HangupBy: '+15551230001', To: '+15551230001' }, { number: '+15551230001' }],
  [{ DialSipHangupDirection: 'inbound' }, { direction: 'inbound' }],
  [{}, undefined],
])('tells who hung up: %j', (fields, expected) => {
  expect(formOfCall({ From: '+15551230001', To: '+15551230002', ...fields }).hangup).toEqual(expected);
});

it.each([
  [{ CallStatus: 'completed' }, true],
  [{ CallStatus: 'completed', CallDuration: '9' }, true],
  [{ CallStatus: 'completed', CallDuration: '0' }, null],
  [{ CallStatus: 'completed', CallDuration: '0', AnsweredBy: 'machine_start' }, true],
  [{ CallStatus: 'completed', CallDuration: '0', AnsweredBy: 'unknown' }, null],
  [{ CallStatus: 'failed' }, false],
  [{ CallStatus: 'failed', CallDuration: '9' }, true],
  [{ CallStatus: 'failed', AnsweredBy: 'human' }, null],
  [{ CallStatus: 'in-progress' }, undefined],
  [{ CallStatus: 'busy' }, undefined],
])('tells whether the call was answered: %j', (fields, expected) => {
  expect(formOfCall(fields).answered).toBe(expected);
});

it.each([
  ['AudioInMos', '0', undefined],
  ['AudioInMos', '5.5', undefined],
  ['AudioInMos', '4.3', { mos: 4.3 }],
  ['AudioInMediaPacketCount', '-1', undefined],
  ['AudioInSkipPacketCount', '2', { packetsLost: 2 }],
])('leaves out figures that are off their scale: %s=%s', (name, value, expected) => {
  expect(formOfCall({ [name]: value }).quality).toEqual(expected);
});
