import type { CallbackRequest } from '../callback-request.ts';
import { refuseEncoded } from '../decode/content-encoding.ts';
import { type ContentType, parseContentType } from '../decode/content-type.ts';
import { FieldPairs } from '../decode/field-pairs.ts';
import { type FieldRecord, type FieldTree, type Limits, tooManyBytes } from '../decode/fields.ts';
import { decodeForm, decodeFormBody, valuesOf } from '../decode/form.ts';
import { decodeJson } from '../decode/json.ts';
import { decodeMultipart } from '../decode/multipart.ts';
import { sanitize } from '../decode/sanitize.ts';
import { withoutBomInNames } from '../decode/text.ts';
import { toTree } from '../decode/tree.ts';
import { CallStatusError } from '../errors.ts';
import { calledUrl, configuredAddress, type PublicUrl } from '../signing/called-url.ts';
import { TOKEN_PARAMETER } from '../signing/with-token.ts';
import { atOnce } from './at-once.ts';
import { fieldsOf } from './values.ts';

const BODY_IS_TEXT = 'The body is a text: pass its bytes, Buffer.from(body), or as `parsed` what a parser made of it.';
const NO_QUERY: FieldRecord = Object.freeze(Object.create(null));

/**
 * A request as a provider's definition sees it. Everything is read at most once, and only when asked for:
 * a provider that signs bytes is authenticated before anything is parsed.
 */
export class IncomingCallback {
  /** The request as the adapter gave it. */
  readonly request: CallbackRequest;
  readonly #limits: Limits;
  readonly #publicUrl: PublicUrl | undefined;
  #address: string | null | undefined;
  #contentType: ContentType | undefined;
  #query: FieldRecord | undefined;
  #pairs: FieldPairs | undefined;
  #fields: FieldTree | undefined;
  #record: FieldTree | undefined;
  #url: string | undefined;
  /** The callbacks of providers with their own `decode`, by that function. */
  #views: Map<Decode, IncomingCallback> | undefined;
  #decodeOwn: (() => unknown) | undefined;

  constructor(request: CallbackRequest, limits: Limits, publicUrl?: PublicUrl) {
    this.request = request;
    this.#limits = limits;
    this.#publicUrl = publicUrl;
  }

  /** The callback as a provider's definition reads it: this one, unless the definition has its own `decode`. */
  readBy({ decode }: { readonly decode?: Decode }): IncomingCallback {
    if (decode === undefined) return this;
    this.#views ??= new Map();
    let view = this.#views.get(decode);
    if (view === undefined) {
      view = new IncomingCallback(this.request, this.#limits, this.#publicUrl);
      view.#decodeOwn = () => decode(this);
      this.#views.set(decode, view);
    }
    return view;
  }

  /** A header's value, by its name in lower case; the first if there are several. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : value?.[0];
  }

  /** What the content type says. */
  get contentType(): ContentType {
    this.#contentType ??= parseContentType(this.header('content-type'));
    return this.#contentType;
  }

  /**
   * The bytes of the body, for a signature that covers them.
   * @throws CallStatusError `body_consumed` when another parser consumed them; and the same as `body`
   */
  get bytes(): Uint8Array {
    const { body } = this;
    if (body === undefined) throw new CallStatusError('body_consumed');
    return body;
  }

  /**
   * The bytes of the body, or `undefined` if another parser consumed them; `fields` then come from that parser's result.
   * @throws CallStatusError `body_too_large`, and what kept the body from being read
   */
  get body(): Uint8Array | undefined {
    const { body, unreadable } = this.request;
    if (unreadable !== undefined) throw unreadable;
    if (typeof body === 'string') throw new TypeError(BODY_IS_TEXT);
    // Adapters enforce the limit while reading, but an earlier parser may have had a higher one.
    if (body !== undefined && body.length > this.#limits.bytes) throw tooManyBytes(this.#limits.bytes);
    return body;
  }

  /**
   * The full URL as the provider called it, which signatures cover. Without the fragment of `publicUrl`.
   * @throws CallStatusError `invalid_host`
   */
  get url(): string {
    this.#url ??= calledUrl(this.request, this.publicUrl);
    return this.#url;
  }

  /** The configured `publicUrl` for this request, if any. */
  get publicUrl(): string | undefined {
    if (this.#address === undefined) this.#address = configuredAddress(this.request, this.#publicUrl) ?? null;
    return this.#address ?? undefined;
  }

  /** A query parameter of the URL; a list if it occurs more than once. The rest of the query is not decoded. */
  parameter(name: string): string | readonly string[] | undefined {
    const [value, ...others] = valuesOf(queryOf(this.request.url), name);
    return value === undefined || others.length === 0 ? value : [value, ...others];
  }

  /** The parameters of the URL's query. */
  get query(): FieldRecord {
    if (this.#query === undefined) {
      const query = queryOf(this.request.url);
      this.#query = query === '' ? NO_QUERY : decodeForm(query, this.#limits, 'parameters in its URL').toRecord();
    }
    return this.#query;
  }

  /**
   * The names and values of a form or multipart body as sent, for signatures. Empty for JSON and for GET.
   * @throws CallStatusError `malformed_body`, `body_too_large`, `unsupported_encoding`
   */
  get pairs(): FieldPairs {
    this.#pairs ??= this.#decodePairs();
    return this.#pairs;
  }

  /**
   * The fields of the callback as one tree, whatever the encoding. For a GET, its query without the token.
   * @throws CallStatusError `body_consumed`, `malformed_body`, `body_too_large`, `unsupported_encoding`, `unsupported_media_type`
   */
  get fields(): FieldTree {
    this.#fields ??= this.#decodeFields();
    return this.#fields;
  }

  /**
   * The fields by name as sent, with brackets not yet interpreted, so that no request can make this expensive. Use it to recognize callbacks.
   * @throws CallStatusError the same as `fields`
   */
  get record(): FieldTree {
    this.#record ??= this.#readRecord();
    return this.#record;
  }

  #readRecord(): FieldTree {
    if (this.request.method === 'GET') return this.#queryFields();
    const { kind } = this.contentType;
    if (kind !== 'form' && kind !== 'multipart') return this.fields;
    return this.body === undefined ? this.#parsed() : this.pairs.toRecord();
  }

  #decodePairs(): FieldPairs {
    const { body } = this;
    const { method, parsed } = this.request;
    if (body !== undefined) this.#refuseEncoded();
    const kind = method === 'GET' ? 'none' : this.contentType.kind;
    if (kind !== 'form' && kind !== 'multipart') return pairsOf(undefined, this.#limits);
    if (body === undefined) return pairsOf(parsed, this.#limits);
    if (kind === 'form') return decodeFormBody(body, this.contentType, this.#limits);
    return decodeMultipart(body, this.contentType, this.#limits);
  }

  #decodeFields(): FieldTree {
    if (this.#decodeOwn !== undefined) return this.#ownFields(atOnce(this.#decodeOwn(), 'decode()'));
    const { body } = this;
    if (body !== undefined) this.#refuseEncoded();
    if (this.request.method === 'GET') return toTree(this.#queryFields(), this.#limits);
    if (body === undefined) {
      const tree = this.#parsed();
      // Many form parsers leave `Legs[0][Status]` as a name.
      return this.contentType.kind === 'json' ? tree : toTree(tree, this.#limits);
    }
    switch (this.contentType.kind) {
      case 'form':
      case 'multipart':
        return this.pairs.toTree();
      case 'json':
        return decodeJson(this.contentType.decodeText(body), this.#limits);
      default:
        throw new CallStatusError('unsupported_media_type');
    }
  }

  #ownFields(decoded: unknown): FieldTree {
    if (typeof decoded !== 'object' || decoded === null) throw new CallStatusError('malformed_body');
    return sanitize(decoded, this.#limits);
  }

  #queryFields(): FieldTree {
    const { [TOKEN_PARAMETER]: _, ...rest } = this.query;
    return lastOnes(rest);
  }

  /** What another parser made of the body. */
  #parsed(): FieldTree {
    const { parsed } = this.request;
    if (parsed === undefined) throw new CallStatusError('body_consumed');
    const isJson = this.contentType.kind === 'json';
    const fields = sanitize(parsed, this.#limits, !isJson);
    // Some form parsers keep a byte order mark in the first name.
    return isJson ? fields : withoutBomInNames(fields);
  }

  #refuseEncoded(): void {
    refuseEncoded(this.request.headers['content-encoding']);
  }
}

/**
 * Keeps the last value of a repeated name: the provider appends its fields to the query of your URL, which may use the same names. Lists
 * (`name[]`) are kept.
 */
function lastOnes(query: FieldRecord): FieldTree {
  const entries = Object.entries(query);
  if (!entries.some(([, value]) => Array.isArray(value))) return query;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name.endsWith('[]') ? value : [value].flat().at(-1)]),
  );
}

/** Decodes a body that is not form, multipart or JSON. `undefined`: it is malformed. */
export type Decode = (callback: IncomingCallback) => unknown;

/** The query of a URL, without the fragment, which few clients send. */
function queryOf(url: string): string {
  const start = url.indexOf('?');
  if (start < 0) return '';
  const end = url.indexOf('#', start);
  return end < 0 ? url.slice(start + 1) : url.slice(start + 1, end);
}

/** The strings in a body parsed by another parser; a signature cannot be checked over other values. */
function pairsOf(parsed: unknown, limits: Limits): FieldPairs {
  const names: string[] = [];
  const values: string[] = [];
  for (const [name, value] of Object.entries(fieldsOf(parsed))) {
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!all.every((one) => typeof one === 'string')) continue;
    names.push(...all.map(() => name));
    values.push(...all);
  }
  return new FieldPairs(names, values, limits);
}
