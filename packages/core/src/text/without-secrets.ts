/**
 * Names of headers, parameters and members whose values may be secrets. Plivo's `AuthID` and Sinch's `applicationKey` name an account, and
 * Twilio's idempotency token a request.
 */
const SECRET_NAME =
  /(?<!application[-_]?)key|(?<!idempotency-)token|secret|auth(?!ors?\b|[-_]?id\b)|passw|passphrase|pwd|credential|cookie|jwt/i;

/**
 * Whether the value of a header, a parameter or a member with this name may be a secret.
 *
 * @example
 * ```ts
 * import { isSecretName } from '@call-status/core/inbox';
 *
 * isSecretName('X-Api-Key'); // true
 * ```
 */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A shorter token would be found in ordinary words. */
const SHORTEST_TOKEN = 8;

/** How often a text may be escaped within another one. */
const DEPTH = 4;
const PERCENT = `%(?:25){0,${DEPTH}}`;
const SLASH = String.raw`(?:\\{0,8}/|${PERCENT}2f)`;
const AT = `(?:@|${PERCENT}40)`;

/** The user and the password of a URL. */
const CREDENTIALS = new RegExp(`(${SLASH}{2})(?:(?!${SLASH}|${AT})[^?#&\\s"'<>]){1,500}(?:${AT})`, 'gi');

/** A parameter of a query or a form, or in a header. */
const PARAMETER = /(^|[?&;,\s])([^=&?#;,\s"']*)=([^&;#,\s"'<>]*)/g;

/** A parameter in the query of a URL that is itself a parameter: its separators are escaped. */
const ESCAPED_PARAMETER = new RegExp(
  `(%((?:25){0,${DEPTH}})(?:3f|26))((?:(?!%\\2(?:3d|3f|26))[^&=#\\s"'<>]){1,200})(%\\2(?:3d))((?:(?!%\\2(?:26|23))[^&#\\s"'<>])*)`,
  'gi',
);

/** The name of a member in JSON, which may be escaped, and the text up to its value. */
const SPACE = `(?:[\\s+]|${PERCENT}20){0,20}`;
const MEMBER = new RegExp(`(\\\\{0,8}"|${PERCENT}22)([^"%\\\\]{1,80})\\1${SPACE}(?::|${PERCENT}3a)${SPACE}`, 'gi');

/** The name of a part of a multipart body. */
const PART_NAME = /\bname="([^"\r\n]{1,200})"/g;

/** What may follow it up to the value: the rest of its line, and more headers. */
const MORE_HEADERS = /^[^\r\n]*(?:\r\n[^\r\n]+){0,10}$/;
const LONGEST_HEADERS = 2000;

/**
 * A text from a request without secrets, however often it is escaped: without the credentials of URLs, with `{token}` for a configured
 * token, and `{length:12}` for the value of each other parameter or member whose name says that it may be a secret.
 *
 * @param text the bytes of a body as Latin-1, or another part of the request
 * @param tokens the configured ones
 * @example
 * ```ts
 * import { withoutSecrets } from '@call-status/core/inbox';
 *
 * withoutSecrets('/voice?token=of-the-url&apiKey=abc', ['of-the-url']); // '/voice?token={token}&apiKey={length:3}'
 * ```
 */
export function withoutSecrets(text: string, tokens: readonly string[]): string {
  const isToken = matcherOf(tokens);
  const shownFor = (name: string, value: string): string =>
    isSecretName(name) && value !== '{token}' ? (isToken(value) ? '{token}' : `{length:${value.length}}`) : value;
  const shown = withoutParts(withoutTokens(text, tokens).replace(CREDENTIALS, '$1'), shownFor)
    .replace(PARAMETER, (_, before: string, name: string, value: string) => `${before}${name}=${shownFor(name, value)}`)
    .replace(
      ESCAPED_PARAMETER,
      (_, before: string, _level, name: string, equals: string, value: string) =>
        before + name + equals + shownFor(name, value),
    );
  return withoutMembers(shown, shownFor);
}

/** Tells whether a text is one of the tokens, escaped any number of times. */
function matcherOf(tokens: readonly string[]): (text: string) => boolean {
  // Made at the first value, and once: a request may have thousands of them.
  let patterns: readonly RegExp[] | undefined;
  return (text) => {
    patterns ??= tokens.map((token) => new RegExp(`^${patternOf(token)}$`, 'u'));
    return patterns.some((pattern) => pattern.test(text));
  };
}

function withoutTokens(text: string, tokens: readonly string[]): string {
  return tokens
    .filter((token) => token.length >= SHORTEST_TOKEN)
    .reduce((shown, token) => shown.replace(new RegExp(patternOf(token), 'gu'), '{token}'), text);
}

/** Matches a token in all its forms: any character may be escaped in a URL or in JSON. */
function patternOf(token: string): string {
  return Array.from(token, formsOf).join('');
}

function formsOf(character: string): string {
  const bytes = Buffer.from(character);
  const escaped = [...bytes].map((byte) => `${PERCENT}${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const inJson = units.map((unit) => `\\\\{1,8}u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('');
  const forms = [literal(character), literal(bytes.toString('latin1')), escaped, inJson];
  if (character === ' ') forms.push('\\+');
  if (/["\\/]/.test(character)) forms.push(`\\\\{1,8}${literal(character)}`);
  return `(?:${[...new Set(forms)].join('|')})`;
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** Takes time in proportion to the text, whatever is in it: each line break is searched for once. */
function withoutParts(text: string, shownFor: (name: string, value: string) => string): string {
  let shown = '';
  let at = 0;
  let blankLine = 0;
  for (const {
    index,
    0: { length },
    1: name = '',
  } of text.matchAll(PART_NAME)) {
    const from = index + length;
    if (index < at) continue;
    if (blankLine < from) blankLine = text.indexOf('\r\n\r\n', from);
    if (blankLine < 0) break;
    if (blankLine - from > LONGEST_HEADERS || !MORE_HEADERS.test(text.slice(from, blankLine))) continue;
    const start = blankLine + 4;
    const next = text.indexOf('\r\n--', start);
    const end = next < 0 ? text.length : next;
    shown += text.slice(at, start) + shownFor(name, text.slice(start, end));
    at = end;
  }
  return shown + text.slice(at);
}

function withoutMembers(text: string, shownFor: (name: string, value: string) => string): string {
  let shown = '';
  let at = 0;
  for (const {
    index,
    0: { length },
    1: quote = '',
    2: name = '',
  } of text.matchAll(MEMBER)) {
    const start = index + length;
    if (index < at || !isSecretName(name)) continue;
    const isText = text.startsWith(quote, start);
    const from = isText ? start + quote.length : start;
    const end = isText ? endOfText(text, from, quote) : endOfValue(text, from);
    const value = text.slice(from, end);
    // What is no text becomes one, so that JSON stays JSON.
    const mark = isText || value === 'null' ? '' : quote;
    shown += text.slice(at, from) + mark + (value === 'null' ? value : shownFor(name, value)) + mark;
    at = end;
  }
  return shown + text.slice(at);
}

/** Where a text in JSON ends: at its own kind of quotation mark. */
function endOfText(text: string, from: number, quote: string): number {
  let end = from;
  while (end < text.length && !text.startsWith(quote, end)) end += quote === '"' && text[end] === '\\' ? 2 : 1;
  return Math.min(end, text.length);
}

/** Where a number, a list or an object in JSON ends, also if it is escaped. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (const { index, 0: mark } of text.slice(from).matchAll(MARKS)) {
    const isOpening = OPENING.test(mark);
    if (depth === 0 && !isOpening) return from + index;
    depth += isOpening ? 1 : CLOSING.test(mark) ? -1 : 0;
  }
  return text.length;
}

const MARKS = new RegExp(`[,[\\]{}&]|${PERCENT}(?:2c|5b|5d|7b|7d)`, 'gi');
const OPENING = /[[{]|[57]b$/i;
const CLOSING = /[\]}]|[57]d$/i;
