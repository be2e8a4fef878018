import { CallStatusError } from '../errors.ts';
import type { FieldTree } from './fields.ts';

/** A UTF-8 byte order mark, escaped or not, or with one character per byte, as in a URL. */
const BOM = /^(?:\ufeff|%EF%BB%BF|\u00ef\u00bb\u00bf)/i;

/** The text without the byte order mark that some clients send first. */
export function withoutBom(text: string): string {
  return text.replace(BOM, '');
}

/** The fields with their names without it: some form parsers keep it in the first one. */
export function withoutBomInNames(tree: FieldTree): FieldTree {
  const names = Object.keys(tree);
  if (names[0] === undefined || withoutBom(names[0]) === names[0]) return tree;
  return Object.fromEntries(names.map((name) => [withoutBom(name), tree[name]]));
}

/** The bytes without their byte order mark; `undefined` if they have none. */
export function withoutBomBytes(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : undefined;
}

/** Decodes UTF-8. Bytes that do not decode become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/**
 * Decodes another charset. Bytes that do not decode become U+FFFD.
 * @throws CallStatusError `unsupported_encoding` for an unknown charset
 */
export function decodeCharset(bytes: Uint8Array, charset: string): string {
  try {
    const decoder = new TextDecoder(charset);
    const text = decoder.decode(bytes);
    return decoder.encoding === 'windows-1252' ? text.replace(/[\x80-\x9f]/g, inWindows1252) : text;
  } catch {
    throw new CallStatusError('unsupported_encoding', { reason: 'The charset of the content type is unknown.' });
  }
}

/** The characters of windows-1252 (also used for ISO 8859-1) from 0x80 to 0x9f. Some releases of Node leave control characters there. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function inWindows1252(control: string): string {
  return WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80);
}

/** Copies a short text that was sliced from a body: the engine keeps the whole body in memory as long as any slice exists. */
export function copied(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

/**
 * Copies values that were sliced from a much longer text, for the same reason. Returns them unchanged if the text is not much longer.
 *
 * @param bytes how much memory the text takes
 */
export function detach(values: string[], bytes: number): string[] {
  let characters = 0;
  for (const value of values) characters += value.length;
  const isClose = bytes <= 3 * characters + 64 * values.length + 1024;
  return isClose ? values : values.map((value) => ` ${value}`.slice(1));
}
