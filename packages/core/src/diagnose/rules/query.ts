import { TOKEN_PARAMETER, withToken } from '../../signing/with-token.ts';
import { loggableUrl } from '../../text/redact.ts';
import { type Rule, type Variant, variant } from '../rule.ts';
import { type Trial, urlOf, withUrlOf } from '../trial.ts';

/** What a proxy or a framework made of the query, and tokens in another place. */
export const QUERY: Rule = {
  name: 'query',
  variants: function* (trial) {
    const { path } = urlOf(trial);
    const [, address = '', query, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(.*)$/s.exec(path) as RegExpExecArray;
    if (trial.tokens !== undefined) yield* misplacedTokens(trial, query ?? '');
    const seen = new Set([path]);
    const at = function* (url: string, chance: Variant['chance'], evidence: string): Iterable<Variant> {
      if (seen.has(url)) return;
      seen.add(url);
      yield variant(withUrlOf(trial, { path: url + fragment }), chance, evidence, FIX);
    };
    for (const [changed, how] of writtenAnew(address, IN_PATH)) {
      yield* at(changed + (query === undefined ? '' : `?${query}`), 'common', `The provider signs the path ${how}.`);
    }
    if (query === undefined) {
      yield* at(`${address}?`, 'guess', 'The provider signs the ? of an empty query.');
      return;
    }
    yield* at(address, 'common', 'The provider signs the URL without its query.');
    for (const [changed, how] of writtenAnew(query, IN_QUERY)) {
      yield* at(`${address}?${changed}`, 'common', `The provider signs the query ${how}.`);
    }
    for (const without of withoutEach(query)) {
      const rest = without === '' ? '' : `?${without}`;
      yield* at(address + rest, 'common', 'A parameter of the query was added after the provider signed.');
    }
  },
};

const FIX = 'Find the proxy, redirect or framework that changes path or query, and make it keep them byte for byte.';

type Rewrite = readonly [how: string, write: (text: string) => string];

const escapes = (text: string, characters: RegExp): string =>
  text.replace(characters, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
const plain = (text: string, codes: RegExp): string =>
  text.replace(codes, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));

/** In both directions, since the proxy may have done either. */
const IN_BOTH: readonly Rewrite[] = [
  ['with colons and slashes that are not escaped', (text) => plain(text, /%(?:3a|2f)/gi)],
  ['with @ that is not escaped', (text) => plain(text, /%40/g)],
  ['with escaped @', (text) => escapes(text, /@/g)],
  ['with escaped apostrophes', (text) => escapes(text, /'/g)],
  ['with apostrophes that are not escaped', (text) => plain(text, /%27/g)],
  ["with escaped !'()*", (text) => escapes(text, /[!'()*]/g)],
  ["with !'()* that are not escaped", (text) => plain(text, /%(?:21|2[789a])/gi)],
  ['with escapes in upper case', (text) => text.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase())],
  ['with escapes in lower case', (text) => text.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase())],
  ['decoded', decoded],
  ['escaped once more', (text) => text.replaceAll('%', '%25')],
  ['escaped once less', (text) => text.replaceAll('%25', '%')],
];

const IN_PATH: readonly Rewrite[] = [
  ['with a ? that is not escaped', (text) => text.replace(/%3f/i, '?')],
  ...IN_BOTH,
  ['with escaped colons', (text) => escapes(text, /:/g)],
];

const IN_QUERY: readonly Rewrite[] = [
  ['with %20 in place of +', (text) => text.replaceAll('+', '%20')],
  ['with + in place of %20', (text) => text.replaceAll('%20', '+')],
  ['with + that is not escaped', (text) => text.replaceAll(/%2b/gi, '+')],
  ['with escaped +', (text) => text.replaceAll('+', '%2B')],
  ['with escaped colons', (text) => escapes(text, /:/g)],
  ['with escaped colons and slashes', (text) => escapes(text, /[:/]/g)],
  ...IN_BOTH,
  ['written anew as a form', (text) => new URLSearchParams(text).toString()],
  ['written anew with %20', (text) => new URLSearchParams(text).toString().replaceAll('+', '%20')],
  ["written anew with !'()* that are not escaped", writtenAsComponents],
  ["written anew with + and !'()*", (text) => writtenAsComponents(text).replaceAll('%20', '+')],
  ['with escaped brackets', (text) => escapes(text, /[[\]]/g)],
  ['with brackets that are not escaped', (text) => plain(text, /%5[bd]/gi)],
  ['with escaped commas', (text) => escapes(text, /,/g)],
  ['with commas that are not escaped', (text) => plain(text, /%2c/gi)],
  ['with & that is not escaped for XML', (text) => text.replaceAll('&amp;', '&')],
  ['with & escaped for XML', (text) => text.replaceAll(/&(?!amp;)/g, '&amp;')],
  ['with an equals sign after each name', (text) => text.replaceAll(/(^|&)([^=&]+)(?=&|$)/g, '$1$2=')],
  ['without equals signs of empty values', (text) => text.replaceAll(/=(?=&|$)/g, '')],
  ['without empty parameters', (text) => text.replaceAll(/(^|&)(?:[^=&]*=)?(?=&|$)/g, '').replace(/^&/, '')],
  ['in alphabetical order', (text) => text.split('&').sort().join('&')],
];

/** As `encodeURIComponent` writes it. */
function writtenAsComponents(query: string): string {
  return [...new URLSearchParams(query)].map((pair) => pair.map(wellEncoded).join('=')).join('&');
}

/** A half of a character cannot be encoded. */
function wellEncoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function writtenAnew(text: string, rewrites: readonly Rewrite[]): readonly (readonly [string, string])[] {
  return rewrites.map(([how, write]) => [write(text), how] as const).filter(([changed]) => changed !== text);
}

/** How many parameters are left out in turn. */
const MOST_PARAMETERS = 20;

function withoutEach(query: string): readonly string[] {
  const all = query.split('&').slice(0, MOST_PARAMETERS);
  return all.map((_, left) => all.filter((_parameter, at) => at !== left).join('&'));
}

/** The token under another name, in a header, or changed on its way. */
function* misplacedTokens(trial: Trial, query: string): Iterable<Variant> {
  const { path } = urlOf(trial);
  const moved = (token: string, evidence: string, fix = GIVE): Variant =>
    variant(withUrlOf(trial, { path: withToken(path, token) }), 'common', evidence, fix);
  for (const parameter of query.split('&').slice(0, MOST_PARAMETERS)) {
    const [name = '', ...rest] = parameter.split('=');
    const value = decoded(rest.join('=').replaceAll('+', ' '));
    if (value === '') continue;
    if (name !== TOKEN_PARAMETER) {
      yield moved(value, `The token is in another parameter: ${loggableUrl(`?${name}=`)}.`);
    } else {
      for (const [form, what] of formsOf(value)) yield moved(form, `The token came ${what}.`);
    }
  }
  for (const part of path.split(/[?#]/, 1).join('').split('/').filter(Boolean)) {
    yield moved(decoded(part), 'The token is a part of the path.');
  }
  for (const [name, value] of Object.entries(trial.request.headers)) {
    if (!/auth|token|key|secret/i.test(name) || typeof value !== 'string') continue;
    yield moved(
      value.replace(/^\w+ +/, ''),
      `The token is in a header (${HEADERS.find((known) => known === name) ?? 'of another name'}).`,
    );
  }
}

const HEADERS = ['authorization', 'x-token', 'x-auth-token', 'x-api-key', 'x-webhook-token', 'x-webhook-secret'];
const GIVE = 'Give the provider the URL that callbackParams() returns, which has the token in the parameter token.';

function formsOf(token: string): readonly (readonly [string, string])[] {
  const forms: readonly (readonly [string, string])[] = [
    [token.trim(), 'with white space around it'],
    [token.replace(/^(["'`])(.*)\1$/s, '$2'), 'with quotes around it'],
    [token.replaceAll(' ', '+'), 'with + read as a space'],
    [decoded(token), 'escaped twice'],
    [token.replace(/[?&].*$/s, ''), 'with the parameters of the provider after a second ?'],
    [token.replace(/[/.,;]+$/, ''), 'with a character at its end'],
    [token.toLowerCase(), 'in upper case'],
    [token, 'twice'],
  ];
  return forms.filter(([form, what]) => form !== '' && (form !== token || what === 'twice'));
}
