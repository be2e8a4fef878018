import type { ContentType } from './content-type.ts';
import { FieldPairs } from './field-pairs.ts';
import { type Limits, tooManyFields } from './fields.ts';
import { detach, withoutBom, withoutBomBytes } from './text.ts';

/**
 * Decodes a form body or a query according to the URL Standard: anything that is not an escape sequence stands for itself.
 *
 * @param what what the error calls the fields if there are too many
 * @throws CallStatusError `body_too_large`
 */
export function decodeForm(form: string, limits: Limits, what = 'fields'): FieldPairs {
  const text = withoutBom(form).replaceAll('+', ' ');
  const names: string[] = [];
  const values: string[] = [];
  for (const field of text.split('&')) {
    if (field === '') continue;
    if (names.length >= limits.fields) throw tooManyFields(limits, what);
    const equals = field.indexOf('=');
    names.push(unescaped(equals < 0 ? field : field.slice(0, equals)));
    values.push(equals < 0 ? '' : unescaped(field.slice(equals + 1)));
  }
  return new FieldPairs(names, detach(values, 2 * text.length), limits);
}

/**
 * Decodes the bytes of a form. The charset of the content type applies to raw bytes and to escapes; a UTF-8 byte order mark overrides it.
 * @throws CallStatusError `body_too_large`, `unsupported_encoding`
 */
export function decodeFormBody(body: Uint8Array, { charset, decodeText }: ContentType, limits: Limits): FieldPairs {
  if (charset === undefined) return decodeForm(decodeText(body), limits);
  const marked = withoutBomBytes(body);
  if (marked !== undefined) return decodeForm(Buffer.from(marked).toString(), limits);
  return decodeForm(WIDE.test(charset) ? wide(body, decodeText) : narrow(body, decodeText), limits);
}

/** The names of UTF-16 in the Encoding standard. */
const WIDE = /^(?:utf-16|(?:cs)?unicode|(?:iso-10646-)?ucs-2)/;

/** The values of one query parameter. Nothing else is decoded, since anyone can send a query. */
export function valuesOf(query: string, name: string): readonly string[] {
  const prefix = `${name}=`;
  return query
    .split('&')
    .filter((parameter) => parameter.startsWith(prefix))
    .map((parameter) => unescaped(parameter.slice(prefix.length).replaceAll('+', ' ')));
}

/** Replaces the escape sequences of a URL (`%2B`). Anything else stands for itself, and bytes that are not UTF-8 become U+FFFD. */
function unescaped(escaped: string): string {
  if (!escaped.includes('%')) return escaped;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
  }
}

type Decode = ContentType['decodeText'];

/** The form with escapes of UTF-8 instead, from a charset in which `&`, `=` and `%` are the bytes of ASCII. */
function narrow(body: Uint8Array, decode: Decode): string {
  // A character may be half escaped and half not, so bytes are decoded as a whole.
  return Buffer.from(body)
    .toString('latin1')
    .replaceAll('+', '%20')
    .replace(/[^&=]+/g, (part) => encodeURIComponent(decode(bytesOf(part))));
}

/** The same from UTF-16, in which they are not. */
function wide(body: Uint8Array, decode: Decode): string {
  return decode(body).replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => encodeURIComponent(decode(bytesOf(escapes))));
}

/** Bytes written as one character each, or escaped. */
function bytesOf(part: string): Uint8Array {
  const bytes = part.replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
  return Buffer.from(bytes, 'latin1');
}
