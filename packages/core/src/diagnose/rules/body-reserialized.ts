import { DEFAULT_LIMITS } from '../../decode/fields.ts';
import { type Rule, type Variant, variant } from '../rule.ts';
import { type Trial, withBody } from '../trial.ts';

/** A parser took the body, or something wrote it anew. */
export const BODY_RESERIALIZED: Rule = {
  name: 'body_reserialized',
  variants: function* (trial) {
    if (trial.request.body === undefined) yield* fromParsed(trial);
    else yield* rewritten(trial, Buffer.from(trial.request.body));
  },
};

const PARSED = 'Another parser took the body before call-status.';
const MOUNT = 'Mount call-status before that parser, or keep the bytes of the body (rawBody).';
const KEEP = 'Find what changes the body on its way, and make it keep the bytes.';

/** The body as it may have been before a parser took it. */
function* fromParsed(trial: Trial): Iterable<Variant> {
  const { parsed } = trial.request;
  const at = (body: string | Uint8Array): Variant => variant(withBody(trial, body), 'evident', PARSED, MOUNT);
  if (parsed === undefined) return;
  if (typeof parsed === 'string') yield at(parsed);
  if (parsed instanceof Uint8Array) {
    yield at(parsed);
    return;
  }
  if (typeof parsed !== 'object' || parsed === null) return;
  const bytes = bytesIn(parsed);
  if (bytes !== undefined) yield at(bytes);
  if (isTooDeep(parsed)) return;
  if (!isJson(trial)) yield at(formOf(parsed));
  else for (const [text] of jsonForms(parsed)) yield at(text);
}

function isJson({ request }: Trial): boolean {
  return /json/i.test(String(request.headers['content-type']));
}

/** A Buffer that was itself written as JSON. */
function bytesIn(parsed: object): Uint8Array | undefined {
  const { type, data } = parsed as { readonly type?: unknown; readonly data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]) : undefined;
}

/** The fields of a parsed form, with brackets for what is nested. */
function formOf(parsed: object): string {
  return fieldsIn(parsed, '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

/** As a form writes a value that has no parts. */
function textOf(value: string | number | boolean | null): string {
  return value === null ? '' : String(value);
}

function fieldsIn(value: unknown, name: string): readonly (readonly [string, string])[] {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.map((item) => [name, String(item)]);
  }
  if (typeof value !== 'object' || value === null) return [[name, textOf(value as string | null)]];
  return Object.entries(value).flatMap(([key, item]) => fieldsIn(item, name === '' ? key : `${name}[${key}]`));
}

function* rewritten(trial: Trial, body: Buffer): Iterable<Variant> {
  const text = body.toString();
  const at = (changed: string | Uint8Array, how: string, fix = KEEP): Variant =>
    variant(withBody(trial, changed), 'common', `The body came ${how}.`, fix);
  if (text.startsWith('\ufeff')) yield at(text.slice(1), 'with a byte order mark');
  if (/\s$/.test(text)) yield at(text.trimEnd(), 'with white space at its end');
  yield at(`${text}\n`, 'without the newline at its end');
  if (text.includes('\r\n')) yield at(text.replaceAll('\r\n', '\n'), 'with other line endings');
  else if (text.includes('\n')) yield at(text.replaceAll('\n', '\r\n'), 'with other line endings');
  if (BASE64.test(text)) {
    yield at(Buffer.from(text, 'base64'), 'in base64', 'Decode the body before you pass it on (isBase64Encoded).');
  }
  const json = parsedJson(text);
  if (typeof json === 'string') yield at(json, 'as JSON in JSON');
  if (typeof json !== 'object' || json === null || isTooDeep(json)) return;
  for (const [form, how] of jsonForms(json)) if (form !== text) yield at(form, `written anew: ${how}`);
}

const BASE64 = /^(?:[\w+/-]{4}){8,}(?:[\w+/-]{2,3}=*)?\s*$/;

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it is nested so deeply that recursion may fail. No callback is. */
function isTooDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEFAULT_LIMITS.depth) return true;
    level = level.flatMap((one) => Object.values(one).filter((item) => typeof item === 'object' && item !== null));
  }
  return false;
}

/** JSON as the usual writers write it, and how it was signed. */
function jsonForms(value: unknown): readonly (readonly [string, string])[] {
  const compact = JSON.stringify(value);
  const spaced = withSpaces(value);
  return [
    [compact, 'it was signed without white space'],
    [spaced, 'it was signed with a space after each colon and comma'],
    [asciiOnly(compact), 'it was signed with escapes for all but ASCII'],
    [withUpperCase(asciiOnly(compact)), 'it was signed with escapes in upper case'],
    [asciiOnly(spaced), 'it was signed with spaces, and escapes for all but ASCII'],
    [compact.replaceAll('/', '\\/'), 'it was signed with escaped slashes'],
    [asciiOnly(compact).replaceAll('/', '\\/'), 'it was signed with escaped slashes and escapes for all but ASCII'],
    [withSafeHtml(compact), 'it was signed with escapes for <, > and &'],
    [JSON.stringify(value, undefined, 2), 'it was signed indented'],
    [JSON.stringify(value, undefined, 4), 'it was signed indented'],
    [JSON.stringify(value, undefined, '\t'), 'it was signed indented'],
    [JSON.stringify(sorted(value)), 'it was signed with sorted names'],
    [`${compact}\n`, 'it was signed with a newline at its end'],
  ];
}

function withSpaces(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(withSpaces).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${withSpaces(item)}`);
  return `{${members.join(', ')}}`;
}

function asciiOnly(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, unicodeEscape);
}

/** Two backslashes are one in a text, and no escape. */
function withUpperCase(json: string): string {
  return json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (code) =>
    code.length > 2 ? `\\u${code.slice(2).toUpperCase()}` : code,
  );
}

function withSafeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
