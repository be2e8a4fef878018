import { CallStatusError } from '../errors.ts';
import { mayHavePhoneNumber } from '../text/redact.ts';

/** Content codings that exist (RFC 9110 and its registry). */
const CODINGS: ReadonlySet<string> = new Set(
  'aes128gcm br compress dcb dcz deflate exi gzip pack200-gzip x-compress x-gzip zstd'.split(' '),
);

/** The codings in a `content-encoding` header, in any case, without `identity`, which does nothing. */
export function contentCodings(header: string | readonly string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  return [header]
    .flat()
    .flatMap((line) => line.split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'identity');
}

/**
 * Rejects a body that was encoded.
 * @throws CallStatusError `unsupported_encoding`
 */
export function refuseEncoded(header: string | readonly string[] | undefined): void {
  const codings = contentCodings(header);
  const [first] = codings;
  if (first === undefined) return;
  const foreign = codings.find((coding) => !CODINGS.has(coding.toLowerCase()));
  throw new CallStatusError('unsupported_encoding', {
    hint:
      foreign === undefined
        ? `The body is compressed: its content-encoding is ${first}. Check for a proxy that compresses requests.`
        : `The header content-encoding says ${quoted(foreign)}, which is not a content coding. The sender must omit the header.`,
  });
}

/** A client may send anything here. */
function quoted(coding: string): string {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/i.test(coding) && !mayHavePhoneNumber(coding) ? `"${coding}"` : 'something';
}
