import { withoutBomBytes } from './bom.ts';
import type { ContentType } from './content-type.ts';
import type { Limits } from './fields.ts';
import type { FlatFields } from './flat-fields.ts';
import { decodeForm } from './form.ts';

/**
 * Decodes the bytes of a form. Its charset is that of the content type, for raw bytes and for escapes; UTF-8 where a byte order mark says so.
 * @throws CallStatusError `body_too_large`, `unsupported_encoding`
 */
export function decodeFormBody(body: Uint8Array, { charset, decodeText }: ContentType, limits: Limits): FlatFields {
  if (charset === undefined) return decodeForm(decodeText(body), limits);
  const marked = withoutBomBytes(body);
  if (marked !== undefined) return decodeForm(Buffer.from(marked).toString(), limits);
  return decodeForm(charset.startsWith('utf-16') ? wide(body, decodeText) : narrow(body, decodeText), limits);
}

type Decode = ContentType['decodeText'];

/** The same form with escapes of UTF-8, of a charset in which `&`, `=` and `%` are the bytes of ASCII. */
function narrow(body: Uint8Array, decode: Decode): string {
  // A character may be half escaped and half not, so bytes are decoded as a whole.
  return Buffer.from(body)
    .toString('latin1')
    .replaceAll('+', '%20')
    .replace(/[^&=]+/g, (part) => encodeURIComponent(decode(bytesOf(part))));
}

/** The same of UTF-16, in which they are not. */
function wide(body: Uint8Array, decode: Decode): string {
  return decode(body).replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => encodeURIComponent(decode(bytesOf(escapes))));
}

/** Bytes written as one character each, or escaped. */
function bytesOf(part: string): Uint8Array {
  const unescaped = part.replace(/%([0-9a-f]{2})/gi, (_, byte: string) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  );
  return Buffer.from(unescaped, 'latin1');
}
