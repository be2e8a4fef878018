import { decodeCharset, decodeUtf8 } from './text.ts';

/** What the header `content-type` says about a body. */
export interface ContentType {
  /** `none`: there is no header; `other`: a type that no callback uses. */
  readonly kind: 'form' | 'json' | 'multipart' | 'none' | 'other';
  /** What separates the parts of a multipart body. */
  readonly boundary?: string | undefined;
  /** As named in the header; absent for UTF-8, the default. */
  readonly charset?: string | undefined;
  /**
   * Decodes text with the charset of the header, UTF-8 by default and for JSON. Bytes that do not decode become U+FFFD.
   * @throws CallStatusError `unsupported_encoding` for an unknown charset
   */
  readonly decodeText: (body: Uint8Array) => string;
}

const PARAMETER = /;[ \t]*([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|(?!")([^\s;]*))/gs;

/** The spellings that honest clients send, parsed once. A fixed list: a cache that learns could be filled from outside. */
const KNOWN: ReadonlyMap<string, ContentType> = new Map(
  [
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
    'application/x-www-form-urlencoded; charset=UTF-8',
    'application/x-www-form-urlencoded;charset=UTF-8',
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=UTF-8',
    'application/json;charset=UTF-8',
    '',
  ].map((header) => [header, parse(header)]),
);

/** How nearly every multipart body comes, each with a boundary of its own. */
const PLAIN_MULTIPART = /^multipart\/form-data; ?boundary=([^\s;="]+)$/;

/** Reads a `content-type` header. Never throws: a malformed header is of kind `other`. */
export function parseContentType(header = ''): ContentType {
  const known = KNOWN.get(header);
  if (known !== undefined) return known;
  const boundary = PLAIN_MULTIPART.exec(header)?.[1];
  return boundary === undefined ? parse(header) : { kind: 'multipart', boundary, decodeText: decodeUtf8 };
}

function parse(header: string): ContentType {
  const { value, parameters } = parseParameters(header);
  const kind = kindOf(value);
  // JSON is always UTF-8 (RFC 8259). No signature covers this header, and with another charset the same bytes would give different ids.
  const charset = kind === 'json' ? undefined : otherCharset(parameters.get('charset'));
  const decodeText = charset === undefined ? decodeUtf8 : (body: Uint8Array) => decodeCharset(body, charset);
  return { kind, boundary: parameters.get('boundary'), charset, decodeText };
}

function kindOf(mediaType: string): ContentType['kind'] {
  switch (mediaType) {
    case '':
      return 'none';
    case 'application/x-www-form-urlencoded':
      return 'form';
    case 'multipart/form-data':
      return 'multipart';
    default:
      return /^application\/(?:[^\s/]+\+)?json$/.test(mediaType) ? 'json' : 'other';
  }
}

/** The charset, unless it is UTF-8 anyway. */
function otherCharset(charset = ''): string | undefined {
  const name = charset.trim().toLowerCase();
  return ['', 'utf-8', 'utf8', 'us-ascii'].includes(name) ? undefined : name;
}

/** A header's value with its parameters: `multipart/form-data; boundary="x"`. */
export interface Parameters {
  /** The part before the first semicolon, in lower case. */
  readonly value: string;
  /** Names in lower case; the first value of a repeated name. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parses a header with parameters. Malformed parts are skipped. */
export function parseParameters(header: string): Parameters {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    // A backslash escapes only a quote or itself: clients send file paths with single backslashes.
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(["\\])/g, '$1') ?? token);
  }
  const [value = ''] = header.split(';', 1);
  return { value: value.trim().toLowerCase(), parameters };
}
