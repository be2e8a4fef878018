import { isAscii } from 'node:buffer';
import { CallStatusError } from '../errors.ts';
import { type ContentType, parseContentType, parseParameters } from './content-type.ts';
import { FieldPairs } from './field-pairs.ts';
import { type Limits, tooManyFields } from './fields.ts';
import { copied, detach, withoutBomBytes } from './text.ts';

/** RFC 2046, section 5.1.1. */
const LONGEST_BOUNDARY = 70;
/** Legitimate parts have two or three short header lines. */
const LONGEST_HEADERS = 4096;

/** The usual beginning of a part. */
const PLAIN_HEADERS = /^Content-Disposition: form-data; name="([^"\\%\r\n]*)"$/;
const CONTENT_DISPOSITION = /^content-disposition[ \t]*:[ \t]*(form-data[ \t]*;.*)$/im;
const CONTENT_TYPE = /^content-type[ \t]*:(.*)$/im;
const FOLD = /\r?\n[ \t]+/g;
/** Exactly the characters that browsers escape in names. */
const ESCAPED = /%(?:22|0D|0A)/gi;
const LINE_END = /[ \t]*(\r?\n)/y;

/**
 * Decodes a `multipart/form-data` body of text parts. File parts are dropped: they say nothing about a call.
 * Lines may end in a bare LF, if the first one does. Text is UTF-8 unless its part, or the content type of the
 * body, names another charset.
 * @throws CallStatusError `malformed_body`, `body_too_large`, `unsupported_encoding`
 */
export function decodeMultipart(bytes: Uint8Array, contentType: ContentType, limits: Limits): FieldPairs {
  const { boundary = '', decodeText: decode } = contentType;
  if (boundary === '' || boundary.length > LONGEST_BOUNDARY) throw malformed('Its content type has no valid boundary.');
  const { buffer, byteOffset, byteLength } = withoutBomBytes(bytes) ?? bytes;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  // One character per byte, so offsets in the text are offsets in the body. ASCII needs no further decoding.
  const text = body.toString('latin1');
  const ascii = isAscii(body);
  const { eol, next } = findOpening(text, `--${boundary}`);
  const delimiter = `${eol}--${boundary}`;
  const blankLine = eol + eol;
  const names: string[] = [];
  const values: string[] = [];
  let parts = 0;
  for (let start = next; start !== LAST; ) {
    if (++parts > limits.fields) throw tooManyFields(limits, 'parts');
    const headersEnd = text.indexOf(blankLine, start);
    if (headersEnd < 0 || headersEnd - start > LONGEST_HEADERS) throw malformed('The headers of a part do not end.');
    const headers = readHeaders(text.slice(start, headersEnd), delimiter);
    const from = headersEnd + blankLine.length;
    // An empty part may lack its own line break: the end of the blank line then belongs to the delimiter.
    let end = from - eol.length - delimiter.length;
    do {
      end = text.indexOf(delimiter, end + delimiter.length);
      if (end < 0) throw malformed('Its last boundary is missing.');
      start = afterDelimiter(text, end + delimiter.length, eol);
    } while (start === NO_DELIMITER);
    if (headers.isFile) continue;
    names.push(ascii ? headers.name : decode(Buffer.from(headers.name, 'latin1')));
    values.push(ascii ? text.slice(from, end) : decoderOf(headers, decode)(body.subarray(from, end)));
  }
  return new FieldPairs(names, detach(values, text.length), limits);
}

/** No part starts after the last delimiter. */
const LAST = -1;
/** A line that only begins like a delimiter is content. */
const NO_DELIMITER = -2;

/** Finds how lines end and where the first part starts. */
function findOpening(text: string, dashes: string): { readonly eol: string; readonly next: number } {
  let after = text.startsWith(dashes) ? dashes.length : afterLineStart(text, dashes, 0);
  while (after !== undefined) {
    if (text.startsWith('--', after)) return { eol: '', next: LAST };
    LINE_END.lastIndex = after;
    const eol = LINE_END.exec(text)?.[1];
    if (eol !== undefined) return { eol, next: LINE_END.lastIndex };
    after = afterLineStart(text, dashes, after);
  }
  throw malformed('Its boundary does not occur.');
}

function afterLineStart(text: string, dashes: string, from: number): number | undefined {
  const at = text.indexOf(`\n${dashes}`, from);
  return at < 0 ? undefined : at + 1 + dashes.length;
}

/** Where the part after a delimiter starts, or `LAST`, or `NO_DELIMITER`. */
function afterDelimiter(text: string, at: number, eol: string): number {
  if (text.startsWith(eol, at)) return at + eol.length;
  if (text.startsWith('--', at)) return LAST;
  let after = at;
  while (text[after] === ' ' || text[after] === '\t') after++;
  return text.startsWith(eol, after) ? after + eol.length : NO_DELIMITER;
}

/** What the headers of a part say. */
interface PartHeaders {
  readonly name: string;
  readonly isFile: boolean;
  /** Its content type. */
  readonly type?: string | undefined;
}

function readHeaders(block: string, delimiter: string): PartHeaders {
  const known = KNOWN.get(block);
  if (known !== undefined) return known;
  const plain = PLAIN_HEADERS.exec(block)?.[1];
  if (plain !== undefined) return remembered(block, { name: plain, isFile: false });
  if (block.includes(delimiter)) throw malformed('The headers of a part do not end.');
  const headers = block.replace(FOLD, ' ');
  const { parameters } = parseParameters(CONTENT_DISPOSITION.exec(headers)?.[1] ?? '');
  const name = parameters.get('name');
  if (name === undefined) throw malformed('A part has no name.');
  return {
    name: name.replace(ESCAPED, decodeURIComponent),
    isFile: parameters.has('filename') || parameters.has('filename*'),
    type: CONTENT_TYPE.exec(headers)?.[1],
  };
}

/**
 * Headers with nothing but a name. Bounded, since anyone can send names. Without it, a multipart callback costs 1.1 times as much CPU
 * (`pnpm run bench micro`).
 */
const KNOWN = new Map<string, PartHeaders>();
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 200;

function remembered(block: string, headers: PartHeaders): PartHeaders {
  if (block.length > LONGEST_KNOWN) return headers;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  // Copies, because a slice would keep the whole body in memory.
  KNOWN.set(copied(block), { ...headers, name: copied(headers.name) });
  return headers;
}

/** A part may name a charset of its own. */
function decoderOf({ type }: PartHeaders, ofBody: ContentType['decodeText']): ContentType['decodeText'] {
  const own = parseContentType(type);
  return own.charset === undefined ? ofBody : own.decodeText;
}

function malformed(reason: string): CallStatusError {
  return new CallStatusError('malformed_body', { reason });
}
