import type { CallbackRequest } from '../callback-request.ts';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import type { DiagnosedProvider, DiagnosisInput } from './diagnosis.ts';

/** A request with everything that its verification depends on. */
export interface Trial {
  readonly provider: DiagnosedProvider;
  readonly request: CallbackRequest;
  readonly publicUrl: string | undefined;
  /** `undefined`: none is required. */
  readonly secrets: readonly string[] | undefined;
  /** The tokens of the URL; `undefined`: none is required. */
  readonly tokens: readonly string[] | undefined;
  readonly nowMs: number;
}

/** A URL, byte for byte. */
export interface UrlParts {
  readonly scheme: string;
  /** With a user, if there is one, and the port. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is;

/** The callback of a trial, as the provider reads it. */
export function callbackOf({ request, publicUrl, provider }: Trial): IncomingCallback {
  return new IncomingCallback(request, DEFAULT_LIMITS, publicUrl).readBy(provider.definition);
}

/** The URL that is verified. If it has no valid host, only the path is known. */
export function urlOf(trial: Trial): UrlParts {
  const { request, publicUrl } = trial;
  try {
    return splitUrl(new IncomingCallback(request, DEFAULT_LIMITS, publicUrl).url);
  } catch {
    return splitUrl(request.origin + request.url);
  }
}

/** The parts of a URL; without an origin, all is the path. */
export function splitUrl(url: string): UrlParts {
  const [, scheme = '', host = '', path = url] = PARTS.exec(url) ?? [];
  return { scheme, host, path };
}

/** Which rule two paths differ by: their queries, or what comes before. */
export function differenceOfPaths(one: string, other: string): 'path_prefix' | 'query' {
  return one.split('?', 1)[0] === other.split('?', 1)[0] ? 'query' : 'path_prefix';
}

/** The same trial at another URL. The fragment of `publicUrl`, which providers may sign, stays. */
export function withUrlOf(trial: Trial, parts: Partial<UrlParts>): Trial {
  const { scheme, host, path } = { ...urlOf(trial), ...parts };
  const [, fragment] = /(#.*)?$/s.exec(trial.publicUrl ?? '') as RegExpExecArray;
  return {
    ...trial,
    publicUrl: `${scheme}://${host}${fragment ?? ''}`,
    request: { ...trial.request, url: path },
  };
}

/** The same trial with other headers. */
export function withHeaders(trial: Trial, headers: CallbackRequest['headers']): Trial {
  return { ...trial, request: { ...trial.request, headers: { ...trial.request.headers, ...headers } } };
}

/** The same trial with another body, of the same content type unless another is given. */
export function withBody(trial: Trial, body: string | Uint8Array, contentType?: string): Trial {
  const { parsed: _, ...request } = trial.request;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const changed = { ...trial, request: { ...request, body: bytes } };
  return contentType === undefined ? changed : withHeaders(changed, { 'content-type': contentType });
}

/** Which secrets and tokens the receiver requires. */
export function requiredBy(
  { definition }: DiagnosedProvider,
  { secrets = [], tokens }: Partial<Pick<DiagnosisInput, 'secrets' | 'tokens'>>,
): Pick<Trial, 'secrets' | 'tokens'> {
  if (definition.secretOption !== undefined) {
    return { secrets: secrets.length === 0 && tokens !== undefined ? undefined : secrets, tokens };
  }
  const all = [...secrets, ...(tokens ?? [])];
  return { secrets: undefined, tokens: all.length === 0 ? undefined : all };
}
