import { type Rule, variant } from '../rule.ts';
import { type Trial, withHeaders } from '../trial.ts';

/** A signature or credentials that are right, but written in another way. */
export const SIGNATURE_FORMAT: Rule = {
  name: 'signature_format',
  variants: function* (trial) {
    for (const [name, given] of proofsOf(trial)) {
      if (typeof given !== 'string') {
        for (const value of given.slice(1, MOST_VALUES)) {
          const evidence = 'The header of the proof came more than once, and not the first one is right.';
          yield variant(withHeaders(trial, { [name]: value }), 'evident', evidence, KEEP);
        }
        continue;
      }
      for (const [how, change] of FORMS) {
        const value = change(given);
        if (value === given || value === '') continue;
        yield variant(withHeaders(trial, { [name]: value }), 'common', `The proof is right, but came ${how}.`, KEEP);
      }
    }
  },
};

const KEEP = 'Find what changes this header on its way, and make it keep the value as it is sent.';
const MOST_HEADERS = 4;
const MOST_VALUES = 4;
const LONGEST = 2000;

function proofsOf({ request }: Trial): readonly (readonly [string, string | readonly string[]])[] {
  return Object.entries(request.headers)
    .filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined)
    .filter(([name, value]) => /sign|hmac|digest|auth|secret/i.test(name) && value.length <= LONGEST)
    .slice(0, MOST_HEADERS);
}

const HEX = /[0-9a-f]{40,128}/i;
const BASE64 = /[\w+/-]{27,88}={0,2}/;

const FORMS: readonly (readonly [how: string, change: (given: string) => string])[] = [
  ['with white space around it', (given) => given.trim()],
  ['with quotes around it', (given) => given.replace(/^\s*(["'])(.*)\1\s*$/s, '$2')],
  ['with the name of its digest before it', (given) => given.replace(/^(?:hmac-)?(?:sha-?\d+|v\d+)[=:]/i, '')],
  ['in hex in upper case', (given) => given.replace(HEX, (hex) => hex.toLowerCase())],
  ['in hex in place of base64', (given) => given.replace(HEX, (hex) => Buffer.from(hex, 'hex').toString('base64'))],
  [
    'in base64 in place of hex',
    (given) => given.replace(BASE64, (text) => Buffer.from(text, 'base64').toString('hex')),
  ],
  [
    'in another form of base64',
    (given) => given.replace(BASE64, (text) => Buffer.from(text, 'base64').toString('base64')),
  ],
  ['with + as a space', (given) => given.replaceAll(' ', '+')],
  ['escaped as in a URL', unescaped],
  ['more than once in one header', (given) => given.split(',', 1).join('').trim()],
  ['after another one in the same header', (given) => (given.split(',').at(-1) as string).trim()],
  ['without Basic before it', (given) => `Basic ${given}`],
  ['without Bearer before it', (given) => `Bearer ${given}`],
  ['with Basic or Bearer before it', (given) => given.replace(/^(?:basic|bearer) +/i, '')],
  ['with white space in its user name or password', (given) => inCredentials(given, (text) => text.trim())],
  ['with an escaped user name or password', (given) => inCredentials(given, unescaped)],
];

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Changes the user name and the password of `Basic …`. */
function inCredentials(given: string, change: (part: string) => string): string {
  return given.replace(/^(basic +)(\S+)$/i, (_, scheme: string, credentials: string) => {
    const parts = Buffer.from(credentials, 'base64').toString().split(':');
    return scheme + Buffer.from(parts.map(change).join(':')).toString('base64');
  });
}
