import { withoutBom } from './decode/bom.ts';
import { refuseEncoded } from './decode/content-encoding.ts';
import { type ContentType, parseContentType } from './decode/content-type.ts';
import { FieldNames } from './decode/field-names.ts';
import type { FieldRecord, FieldTree, Limits } from './decode/fields.ts';
import { FlatFields } from './decode/flat-fields.ts';
import { decodeForm } from './decode/form.ts';
import { decodeFormBody } from './decode/form-body.ts';
import { decodeJson } from './decode/json.ts';
import { decodeMultipart } from './decode/multipart.ts';
import { sanitize } from './decode/sanitize.ts';
import { toTree } from './decode/tree.ts';
import { CallStatusError } from './errors.ts';
import { fieldsOf } from './providers/lenient.ts';
import type { CallbackRequest } from './request.ts';

const NO_QUERY: FieldRecord = Object.freeze(Object.create(null));

/** The query parameter that holds the secret of a callback URL. */
export const TOKEN_PARAMETER = 'token';

/**
 * A request as a provider's definition sees it. Everything is read at most once, and only when asked for:
 * a provider that signs bytes is authenticated before anything is parsed.
 */
export class Message {
  /** The request as the adapter gave it. */
  readonly request: CallbackRequest;
  readonly #limits: Limits;
  readonly #publicUrl: PublicUrl | undefined;
  #contentType: ContentType | undefined;
  #query: FieldRecord | undefined;
  #flat: FlatFields | undefined;
  #fields: FieldTree | undefined;
  #url: string | undefined;

  constructor(request: CallbackRequest, limits: Limits, publicUrl?: PublicUrl) {
    this.request = request;
    this.#limits = limits;
    this.#publicUrl = publicUrl;
  }

  /** A header's value, by its name in lower case; the first where there are several. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : value?.[0];
  }

  /** What the content type says. */
  get contentType(): ContentType {
    this.#contentType ??= parseContentType(this.header('content-type'));
    return this.#contentType;
  }

  /** The bytes of the body, unless another parser consumed them. */
  get bytes(): Uint8Array | undefined {
    return this.request.body;
  }

  /** The full URL as the provider called it: what a signature covers. */
  get url(): string {
    this.#url ??= fullUrl(this.request, this.#publicUrl);
    return this.#url;
  }

  /** The parameters of the URL's query. */
  get query(): FieldRecord {
    if (this.#query === undefined) {
      const { url } = this.request;
      const start = url.indexOf('?');
      this.#query =
        start < 0 ? NO_QUERY : decodeForm(url.slice(start + 1), this.#limits, 'parameters in its URL').toRecord();
    }
    return this.#query;
  }

  /**
   * The names and values of a form or multipart body as they came, for signatures. Empty for JSON and for GET.
   * @throws CallStatusError `malformed_body`, `body_too_large`, `unsupported_encoding`
   */
  get flat(): FlatFields {
    this.#flat ??= this.#decodeFlat();
    return this.#flat;
  }

  /**
   * The fields of the callback as one tree, whatever the encoding. Of a GET: its query, without the token.
   * @throws CallStatusError `body_consumed`, `malformed_body`, `body_too_large`, `unsupported_encoding`, `unsupported_media_type`
   */
  get fields(): FieldTree {
    this.#fields ??= this.#decodeFields();
    return this.#fields;
  }

  #decodeFlat(): FlatFields {
    const { method, parsed, body } = this.request;
    if (body !== undefined) this.#refuseEncoded();
    const kind = method === 'GET' ? 'none' : this.contentType.kind;
    if (kind !== 'form' && kind !== 'multipart') return flatOf(undefined, this.#limits);
    if (body === undefined) return flatOf(parsed, this.#limits);
    if (kind === 'form') return decodeFormBody(body, this.contentType, this.#limits);
    return decodeMultipart(body, this.contentType, this.#limits);
  }

  #decodeFields(): FieldTree {
    const { method, parsed, body } = this.request;
    if (body !== undefined) this.#refuseEncoded();
    if (method === 'GET') {
      const { [TOKEN_PARAMETER]: _, ...rest } = this.query;
      return toTree(lastOnes(rest), this.#limits);
    }
    if (body === undefined) {
      if (parsed === undefined) throw new CallStatusError('body_consumed');
      const tree = sanitize(parsed, this.#limits);
      // Many form parsers leave `Legs[0][Status]` as a name, and a byte order mark in one.
      return this.contentType.kind === 'json' ? tree : toTree(withoutBomInNames(tree), this.#limits);
    }
    switch (this.contentType.kind) {
      case 'form':
      case 'multipart':
        return this.flat.toTree();
      case 'json':
        return decodeJson(this.#text(body), this.#limits);
      default:
        throw new CallStatusError('unsupported_media_type');
    }
  }

  #refuseEncoded(): void {
    refuseEncoded(this.request.headers['content-encoding']);
  }

  #text(body: Uint8Array): string {
    return this.contentType.decodeText(body);
  }
}

/**
 * Of a repeated name the last value: the provider adds its fields behind the query of the URL that you gave it, which may have such names.
 * Lists (`name[]`) stay as they are.
 */
function lastOnes(query: FieldRecord): FieldTree {
  const entries = Object.entries(query);
  if (!entries.some(([, value]) => Array.isArray(value))) return query;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name.endsWith('[]') ? value : [value].flat().at(-1)]),
  );
}

function withoutBomInNames(tree: FieldTree): FieldTree {
  const names = Object.keys(tree);
  if (names[0] === undefined || withoutBom(names[0]) === names[0]) return tree;
  return Object.fromEntries(names.map((name) => [withoutBom(name), tree[name]]));
}

/** Where the provider reaches the application: a fixed address, or one for each request. */
export type PublicUrl = string | ((request: CallbackRequest) => string);

/**
 * The URL that the provider called. `publicUrl` is an origin, and the path prefix that a proxy takes away, if any;
 * a prefix that is still on the request is not added twice, so the whole callback URL is right as well.
 */
function fullUrl(request: CallbackRequest, publicUrl: PublicUrl | undefined): string {
  const base = typeof publicUrl === 'function' ? publicUrl(request) : publicUrl;
  if (base === undefined) return request.origin + request.url;
  const start = base.indexOf('/', base.indexOf('://') + 3);
  if (start < 0) return base + request.url;
  const prefix = base.slice(start).replace(/\/+$|\?.*$/g, '');
  return base.slice(0, start) + (isUnder(prefix, request.url) ? '' : prefix) + request.url;
}

function isUnder(prefix: string, url: string): boolean {
  return url.startsWith(prefix) && /^(?:[/?]|$)/.test(url.slice(prefix.length));
}

/** The strings of a body that another parser took apart; what it made into something else cannot be signed over. */
function flatOf(parsed: unknown, limits: Limits): FlatFields {
  const names: string[] = [];
  const values: string[] = [];
  for (const [name, value] of Object.entries(fieldsOf(parsed))) {
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!all.every((one) => typeof one === 'string')) continue;
    names.push(...all.map(() => name));
    values.push(...all);
  }
  return new FlatFields(new FieldNames(names, limits), values);
}
