import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { twilio } from './twilio.ts';

const { definition } = twilio;
const TOKEN = '12345';

function verdict(sent: Sent, origin: string, secrets: readonly string[] = [TOKEN], publicUrl?: string): unknown {
  return definition.authenticate?.(messageOf(sent, origin, publicUrl), secrets, {}, 0);
}

const signed = (signature: string) => ({ 'x-twilio-signature': signature });

// Published with Twilio's own library. The numbers are not fictitious, but the signatures hold for no others.
const P = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const PATH = '/myapp.php?foo=1&bar=2';
const BODY = '{"property": "value", "boolean": true}';
const HASH = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
const EMPTY_HASH = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
const HOST = 'mycompany.com';

/** A form whose names may be repeated. */
const repeated = (pairs: readonly (readonly [string, string])[], url: string): Sent => ({
  ...formOf({}, url),
  body: new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString(),
});

describe('test vectors', () => {
  it.each<[id: string, sent: Sent, origin: string, signature: string]>([
    ['T1', formOf(P, PATH), `https://${HOST}`, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['T1, called at another port', formOf(P, PATH), `https://${HOST}:1234`, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['T2', formOf(P, PATH), `http://${HOST}:1234`, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
    ['T3', formOf(P, PATH), `https://${HOST}`, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    ['T4', formOf(P, PATH), `http://${HOST}`, '0ZXoZLH/DfblKGATFgpif+LLRf4='],
    ['T5', formOf(P, PATH), `https://user:pass@${HOST}`, 'CukzLTc1tT5dXEDIHm/tKBanW10='],
    ['T6', formOf(P, PATH), `https://user:pass@${HOST}`, 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI='],
    ['T7', formOf(P, PATH), `https://user@${HOST}`, '2YRLlVAflCqxaNicjMpJcSTgzSs='],
    ['T8', formOf(P, `${PATH}&Body=It's+amazing`), `https://${HOST}`, 'TfZzewPq8wqrGlMfyAud8+/IvJ0='],
    [
      'T9',
      repeated(
        [
          ['MessagingBinding.Address', '+1325xxxxxxx'],
          ['MessagingBinding.Address', '+1415xxxxxxx'],
        ],
        PATH,
      ),
      `https://${HOST}`,
      '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    ],
    [
      'T9, in another order',
      repeated(
        [
          ['MessagingBinding.Address', '+1415xxxxxxx'],
          ['MessagingBinding.Address', '+1325xxxxxxx'],
        ],
        PATH,
      ),
      `https://${HOST}`,
      '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    ],
    [
      'T10',
      repeated(
        [
          ['Sid', 'CA123'],
          ['SidAccount', 'AC123'],
          ['Digits', '5678'],
          ['Digits', '1234'],
          ['Digits', '1234'],
        ],
        PATH,
      ),
      `https://${HOST}`,
      'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
    ],
    ['T11', jsonOf(BODY, `${PATH}&bodySHA256=${HASH}`), `https://${HOST}`, 'a9nBmqA0ju/hNViExpshrM61xv4='],
    ['T12', jsonOf('{}', `${PATH}&bodySHA256=${EMPTY_HASH}`), `https://${HOST}`, 'Ldidvp12m26NI7eqEvxnEpkd9Hc='],
    ['T13', jsonOf(BODY, `/myapp.php?bodySHA256=${HASH}`), `https://${HOST}`, 'y77kIzt2vzLz71DgmJGsen2scGs='],
    [
      'T15',
      { method: 'GET', url: '/voice/status?CallSid=CA1234567890ABCDE&CallStatus=busy', headers: {} },
      'https://example.com',
      'ykQP2Q08WqhtrCC4xuqlUgE/1c4=',
    ],
  ])('%s', (_, sent, address, signature) => {
    // A user and a password are in the address that is configured, never in that of a request.
    const check = (request: Sent, secrets?: readonly string[]): unknown =>
      verdict(request, address.replace(/\/\/.*@/, '//'), secrets, address.includes('@') ? address : undefined);
    const request = { ...sent, headers: { ...sent.headers, ...signed(signature) } };
    expect(check(request)).toBe('valid');
    expect(check(request, ['a new token', TOKEN])).toBe('valid');
    expect(check(request, ['123456'])).toBe('mismatch');
    expect(check({ ...request, url: `${request.url}&x` })).toBe('mismatch');
    expect(check({ ...request, headers: sent.headers })).toBe('missing');
  });

  // T14 with fictitious numbers; made by another program: printf '%s' "$URL$FIELDS" | openssl dgst -sha1 -hmac $TOKEN -binary | base64
  it('T14: a whole callback', () => {
    const fields = {
      AccountSid: 'AC5ca1100000000000000000000000000a',
      CallSid: 'CA5ca11000000000000000000000000006',
      CallStatus: 'completed',
      CallDuration: '49',
      CalledCity: 'São Paulo',
      CallbackSource: 'call-progress-events',
      From: '+12025550143',
      ToZip: '',
    };
    const sent = formOf(fields, '/voice/status?tenant=42', signed('V50ZJ3lk8UIVliYxL7SkJEu7fwM='));
    expect(verdict(sent, 'https://example.com')).toBe('valid');
    expect(verdict({ ...sent, body: String(sent.body).replace('=49', '=490') }, 'https://example.com')).toBe(
      'mismatch',
    );
  });
});

const CALL = { AccountSid: 'AC5ca1100000000000000000000000000a', CallSid: `CA${'5'.repeat(32)}`, CallStatus: 'busy' };
const TEXT = Object.entries(CALL).flat().join('');
const sign = (text: string, algorithm = 'sha1', token = TOKEN) =>
  createHmac(algorithm, token).update(text).digest('base64');

describe('a shared key', () => {
  const withSettings = (settings: string, algorithm: string) =>
    formOf(CALL, '/hooks', {
      ...signed(sign(`https://h.example/hooks${TEXT}`, algorithm, 'shared')),
      'x-twilio-webhooks-signature-settings': settings,
    });

  it.each([
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA256', 'sha256', 'valid'],
    ['key=webhooks_sharedkey_1, algorithm = hmac_sha256', 'sha256', 'valid'],
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA1', 'sha1', 'valid'],
    ['key=webhooks_sharedkey_1', 'sha1', 'valid'],
    ['', 'sha1', 'valid'],
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA256', 'sha1', 'mismatch'],
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA1', 'sha256', 'mismatch'],
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA512', 'sha1', 'mismatch'],
    ['key=webhooks_sharedkey_1,algorithm=HMAC_SHA512', 'sha512', 'mismatch'],
  ])('%j, signed with %s: %s', (settings, algorithm, expected) => {
    expect(verdict(withSettings(settings, algorithm), 'https://h.example', [TOKEN, 'shared'])).toBe(expected);
  });
});

describe('the URL', () => {
  const at = (url: string, text: string) => verdict(formOf(CALL, url, signed(sign(text + TEXT))), 'https://h.example');

  it.each([
    ['as it came', "/hooks?a=it's", "/hooks?a=it's"],
    ['as the URL standard has it', "/h'{k}?a=it's<b>", "/h'%7Bk%7D?a=it%27s%3Cb%3E"],
    ['with its query written anew', '/hooks?a=x+y&b&a=z', '/hooks?a=x%20y&a=z&b='],
    ['with its path escaped and no query', '/h^?', '/h%5E?'],
    ['with its path escaped', '/h^', '/h%5E'],
  ])('may be signed %s', (_, came, text) => {
    expect(at(came, `https://h.example${text}`)).toBe('valid');
    expect(at(came, `https://h.example:443${text}`)).toBe('valid');
    expect(at(came, `https://other.example${text}`)).toBe('mismatch');
  });

  it.each([
    ['another path', '/a/../hooks', '/hooks'],
    ['another parameter', '/hooks?a=1', '/hooks?a=2'],
    ['fewer parameters', '/hooks?a=1&b=2', '/hooks?a=1'],
  ])('of a signature is not that of %s', (_, came, text) => {
    expect(at(came, `https://h.example${text}`)).toBe('mismatch');
  });
});

describe('what Twilio cannot have sent', () => {
  it('is not taken for another call, whose fields are in a value of a signed one', () => {
    const victim = `CA${'7'.repeat(32)}`;
    const fields = { ...CALL, CallerName: `CallSid${victim}CallStatuscompletedCallbackSource`, From: '+12025550143' };
    const text = Object.entries(fields).flat().join('');
    const moved = text.indexOf(`CallSid${victim}`);
    const forged = {
      AccountSid: text.slice('AccountSid'.length, moved),
      CallSid: victim,
      CallStatus: 'completed',
      CallbackSource: 'From+12025550143',
    };
    expect(Object.entries(forged).flat().join('')).toBe(text);
    const request = formOf(forged, '/hooks', signed(sign(`https://h.example/hooks${text}`)));
    expect(() => verdict(request, 'https://h.example')).toThrow(
      expect.objectContaining({ code: 'signature_mismatch' }),
    );
  });

  it('is a body in the hex of another product, or one that bodySHA256 covers and that is no JSON', () => {
    const body = JSON.stringify(CALL);
    const hex = createHmac('sha1', TOKEN).update(`https://h.example/hooks${body}`).digest('hex');
    expect(verdict(jsonOf(body, '/hooks', signed(hex)), 'https://h.example')).toBe('mismatch');
    const url = `/hooks?bodySHA256=${createHash('sha256')
      .update(String(formOf(CALL).body))
      .digest('hex')}`;
    expect(verdict(formOf(CALL, url, signed(sign(`https://h.example${url}`))), 'https://h.example')).toBe('mismatch');
  });
});
