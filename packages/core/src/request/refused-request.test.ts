import { expect, it } from 'vitest';
import { callback } from '../../test/receiver-subject.ts';
import { refusedRequest } from './refused-request.ts';

const TOKENS = ['a long/token', 'short'];

it.each([
  ['/x?token=short', '/x?token={token}'],
  ['/x?a=1&token=a%20long%2Ftoken&b=2', '/x?a=1&token={token}&b=2'],
  ['/x?token=a+long/token#f', '/x?token={token}#f'],
  ['/x?token=unknown', '/x?token={length:7}'],
  ['/x?token=%E0%A4', '/x?token={length:6}'],
  ['/x?token=&token=short', '/x?token={length:0}&token={token}'],
  ['/x/a%20long%2Ftoken/shorty', '/x/{token}/shorty'],
  ['https://user:password@example.com/x?a=b@c', 'https://example.com/x?a=b@c'],
  ['/x/a%20long%2ftoken/shorty', '/x/{token}/shorty'],
])('%s is kept as %s', (url, kept) => {
  expect(refusedRequest(callback('', { url }), TOKENS).url).toBe(kept);
});

it('hides tokens and credentials in headers', () => {
  const headers = {
    'x-original-url': '/x?token=other',
    via: ['a long/token', 'b'],
    authorization: 'Basic x',
    'proxy-authorization': 'x',
    cookie: 'x',
    'set-cookie': ['x'],
    'x-api-key': 'x',
    'x-auth-token': 'x',
    'x-signalwire-signature': 'signature',
    referer: 'https://user:password@example.com/a',
    absent: undefined,
  };
  expect(refusedRequest(callback('', { headers }), TOKENS).headers).toEqual({
    'x-original-url': '/x?token={length:5}',
    via: ['{token}', 'b'],
    authorization: '',
    'proxy-authorization': '',
    cookie: '',
    'set-cookie': '',
    'x-api-key': '',
    'x-auth-token': '',
    'x-signalwire-signature': 'signature',
    referer: 'https://example.com/a',
  });
});

it('keeps the bytes of the body, up to 16 kB, without tokens', () => {
  const kept = (body: Uint8Array) =>
    Buffer.from(refusedRequest({ ...callback(''), body }, ['tökentoken']).body ?? '', 'base64');
  expect(kept(Buffer.from([0xff, 0, 0x80, 13]))).toEqual(Buffer.from([0xff, 0, 0x80, 13]));
  expect(kept(Buffer.from('ä=tökentoken&b=t%C3%B6kentoken')).toString()).toBe('ä={token}&b={token}');
  expect(kept(new Uint8Array(20_000))).toHaveLength(16 * 1024);
  expect(refusedRequest({ ...callback(''), body: undefined }, [])).not.toHaveProperty('body');
});
