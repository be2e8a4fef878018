import { describe, expect, it, vi } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const TOKENS = ['a long/tökén"', 'short'];
const [LONG = ''] = TOKENS;
const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text));

describe('a configured token', () => {
  it.each([
    ['as it is', LONG],
    ['escaped', encodeURIComponent(LONG)],
    ['escaped in lower case', encodeURIComponent(LONG).toLowerCase()],
    ['escaped twice', twice(LONG)],
    ['escaped three times', encodeURIComponent(twice(LONG))],
    ['escaped in each character', [...Buffer.from(LONG)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['of a form', encodeURIComponent(LONG).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(LONG).slice(1, -1)],
    [
      'in JSON, with all that may be escaped',
      JSON.stringify(LONG).slice(1, -1).replace('/', '\\/').replace('ö', '\\u00F6'),
    ],
    ['in the bytes of a body', Buffer.from(LONG).toString('latin1')],
  ])('is found %s', (_, escaped) => {
    expect(withoutSecrets(`/x/${escaped}/y`, TOKENS)).toBe('/x/{token}/y');
    expect(withoutSecrets(`/x?token=${escaped}&b=1`, TOKENS)).toBe('/x?token={token}&b=1');
  });

  it('is not looked for in words if it is short', () => {
    expect(withoutSecrets('/shorty?token=short&api_key=sho%72t', TOKENS)).toBe('/shorty?token={token}&api_key={token}');
  });
});

describe('a value whose name says that it may be a secret', () => {
  it.each([
    ['/x?token=unknown', '/x?token={length:7}'],
    ['/x?a=1&apiKey=abc#f', '/x?a=1&apiKey={length:3}#f'],
    ['/x?data%5Bclient_secret%5D=abc&b=2', '/x?data%5Bclient_secret%5D={length:3}&b=2'],
    ['password=p%26w&CallSid=1', 'password={length:5}&CallSid=1'],
    ['for=1.2.3.4; session_token=abc', 'for=1.2.3.4; session_token={length:3}'],
    ['/x?AuthID=MA1&author=a&CallStatus=busy', '/x?AuthID=MA1&author=a&CallStatus=busy'],
    ['/x?applicationKey=669E367E&CallStatus=busy', '/x?applicationKey=669E367E&CallStatus=busy'],
    [
      'url=https%3A%2F%2Fa.example%2F%3Ftoken%3Dabc%26b%3D1&c=2',
      'url=https%3A%2F%2Fa.example%2F%3Ftoken%3D{length:3}%26b%3D1&c=2',
    ],
    [`url=${twice('https://a.example/?b=1&token=abc')}`, `url=${twice('https://a.example/?b=1&token=')}{length:3}`],
    ['{"auth_token" : "a\\"b", "id": 7}', '{"auth_token" : "{length:4}", "id": 7}'],
    ['{"apiKey":12345,"id":7}', '{"apiKey":"{length:5}","id":7}'],
    ['{"auth":{"user":"a","list":["b",{"c":"d"}]},"id":7}', '{"auth":"{length:35}","id":7}'],
    ['{"credentials":["a","b"]}', '{"credentials":"{length:9}"}'],
    ['{"token":"cut off', '{"token":"{length:7}'],
    ['{"token":"cut off\\', '{"token":"{length:8}'],
    ['{"token":[1,2', '{"token":"{length:4}"'],
    ['{"token":"a","secret":"b"}', '{"token":"{length:1}","secret":"{length:1}"}'],
    ['{"token":{"secret":"a"},"password":"b"}', '{"token":"{length:14}","password":"{length:1}"}'],
    ['{"custom":"{\\"token\\":\\"abc\\",\\"id\\":7}"}', '{"custom":"{\\"token\\":\\"{length:3}\\",\\"id\\":7}"}'],
    ['custom=%7B%22token%22%3A%22abc%22%7D&b=1', 'custom=%7B%22token%22%3A%22{length:3}%22%7D&b=1'],
    [
      'custom=%7B%22key%22%3A%5B1%2C2%5D%2C%22id%22%3A7%7D',
      'custom=%7B%22key%22%3A%22{length:11}%22%2C%22id%22%3A7%7D',
    ],
    ['{"token":null,"key":false}', '{"token":null,"key":"{length:5}"}'],
    ['{"token":"short"}', '{"token":"{token}"}'],
    [
      '--b\r\nContent-Disposition: form-data; name="api-key"\r\nContent-Type: text/plain\r\n\r\na\r\nb\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="api-key"\r\nContent-Type: text/plain\r\n\r\n{length:4}\r\n--b--',
    ],
    [
      '--b\r\nContent-Disposition: form-data; name="CallSid"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="token"\r\n\r\ncut',
      '--b\r\nContent-Disposition: form-data; name="CallSid"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{length:3}',
    ],
  ])('%s is kept as %s', (text, kept) => {
    expect(withoutSecrets(text, TOKENS)).toBe(kept);
  });
});

it.each([
  ['https://user:password@a.example/x?a=b@c', 'https://a.example/x?a=b@c'],
  ['see https://user@a.example and //b:c@d', 'see https://a.example and //d'],
  ['{"url":"https:\\/\\/user:password@a.example\\/x"}', '{"url":"https:\\/\\/a.example\\/x"}'],
  ['url=https%3A%2F%2Fuser%3Ap%40a.example%2F', 'url=https%3A%2F%2Fa.example%2F'],
  [twice('https://user:password@a.example/'), twice('https://a.example/')],
  ['mailto:a@example.com', 'mailto:a@example.com'],
])('the URLs of %s have no credentials', (text, kept) => {
  expect(withoutSecrets(text, TOKENS)).toBe(kept);
});

it.each([
  '%25',
  '\\',
  '"',
  '//',
  '%26',
  '%22a%22:',
  '"key":[',
  '?token',
  'name="key"\r\n\r\n',
  'name="a"',
  'name="',
  '"key":"',
  'a=',
])(
  'a long run of %s is no trouble',
  (piece) => {
    expect(withoutSecrets(piece.repeat(64_000 / piece.length), TOKENS).length).toBeGreaterThan(0);
  },
  2000,
);

it('makes the patterns of the tokens once, however many values there are', () => {
  let made = 0;
  const construct = (pattern: typeof RegExp, given: [string, string]): RegExp => {
    made++;
    return Reflect.construct(pattern, given);
  };
  vi.stubGlobal('RegExp', new Proxy(RegExp, { construct }));
  try {
    withoutSecrets('"key":"a",'.repeat(1000), TOKENS);
  } finally {
    vi.unstubAllGlobals();
  }
  // One for each token as a value, and one for the long one anywhere.
  expect(made).toBe(TOKENS.length + 1);
});

describe('the value of a part', () => {
  const part = (headers: string): string =>
    `--b\r\nContent-Disposition: form-data; name="key"${headers}\r\n\r\nabc\r\n--b--`;

  it.each(['', '; filename="a.txt"', '\r\nA: b'.repeat(10), '; filename="'.padEnd(2000, 'a')])(
    'is hidden behind all its headers: %j',
    (headers) => {
      expect(withoutSecrets(part(headers), TOKENS)).toBe(part(headers).replace('abc', '{length:3}'));
    },
  );

  it.each(['\r\nA: b'.repeat(11), ' a\nb', ' a'.repeat(1001)])('is no value where no headers end: %j', (headers) => {
    expect(withoutSecrets(part(headers), TOKENS)).toBe(part(headers));
  });

  it('is found behind a name without headers', () => {
    const text = 'name="key"\nname="key"\r\n\r\n';
    expect(withoutSecrets(`${text}abc`, TOKENS)).toBe(`${text}{length:3}`);
  });

  it('is one value, also if it looks like another part', () => {
    const text = 'name="key"\r\n\r\nname="b"\r\n\r\nc\r\n--b\r\nname="key"\r\n\r\nd\r\n--b--';
    expect(withoutSecrets(text, TOKENS)).toBe(
      'name="key"\r\n\r\n{length:13}\r\n--b\r\nname="key"\r\n\r\n{length:1}\r\n--b--',
    );
  });
});
