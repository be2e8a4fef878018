// What proxies, frameworks, parsers and sanitizers do to a request on its way.
import type { CallbackRequest } from '../../src/callback-request.ts';
import type { Change } from './fault.ts';

/** TLS ends before the application, which sees plain HTTP. */
export const plainHttp: Change = (request) => ({ ...request, origin: request.origin.replace(/^https:/, 'http:') });

/** A proxy connects to the application by another address. */
export function arrivesAt(origin: string): Change {
  return (request) => says({ host: origin.replace(/^https?:\/\//, '') })({ ...request, origin });
}

/** The application believes another address than that of the `Host` header. */
export function believedToBe(origin: string): Change {
  return (request) => ({ ...request, origin });
}

/** Headers that a proxy adds or replaces. */
export function says(headers: Readonly<Record<string, string>>): Change {
  return (request) => ({ ...request, headers: { ...request.headers, ...headers } });
}

export function without(header: string): Change {
  return (request) => ({ ...request, headers: { ...request.headers, [header]: undefined } });
}

/** Something rewrites path and query. */
export function rewritten(rewrite: (url: string) => string): Change {
  return (request) => ({ ...request, url: rewrite(request.url) });
}

/** Something writes the bytes of the body anew. */
export function bodyText(rewrite: (text: string) => string, encoding: BufferEncoding = 'utf8'): Change {
  return (request) => withBytes(request, Buffer.from(rewrite(textOf(request)), encoding));
}

/** Something decodes the form, changes its names and values, and writes it anew. */
export function form(change: (pairs: Pairs) => Pairs): Change {
  return bodyText((text) => new URLSearchParams(change([...new URLSearchParams(text)])).toString());
}

export type Pairs = [name: string, value: string][];

/** Changes the value of one field of a form. */
export function field(name: string, change: (value: string) => string): Change {
  return form((pairs) => pairs.map(([key, value]) => [key, key === name ? change(value) : value]));
}

/** Something parses JSON and writes it anew, compact by default. */
export function json(write: (value: unknown) => string = JSON.stringify): Change {
  return bodyText((text) => write(JSON.parse(text)));
}

/** Another parser takes the body: only what it made of it is left. */
export function parsedAs(parse: (text: string) => unknown): Change {
  return ({ body, ...request }) => ({ ...request, parsed: parse(textOf({ ...request, body })) });
}

/** The parser of Express for JSON. */
export const parsedJson: Change = parsedAs(JSON.parse);

/** A parser of forms that keeps one value of each name. */
export const parsedForm: Change = parsedAs((text) => Object.fromEntries(new URLSearchParams(text)));

/** A gateway turns a form into JSON. */
export const formToJson: Change = (request) =>
  says({ 'content-type': 'application/json' })(
    bodyText((text) => JSON.stringify(Object.fromEntries(new URLSearchParams(text))))(request),
  );

function textOf({ body }: CallbackRequest): string {
  return Buffer.from(body ?? []).toString();
}

function withBytes(request: CallbackRequest, body: Uint8Array): CallbackRequest {
  return { ...request, headers: { ...request.headers, 'content-length': String(body.length) }, body };
}
