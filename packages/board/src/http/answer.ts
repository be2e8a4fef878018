import { failureOf } from './failure.ts';

/** Nothing inline, nothing from elsewhere, and no other page around it. */
const SAFETY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** The same answer with the headers of every answer of the board, also if the application made it. */
export function safely(response: Response, isHead: boolean): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(SAFETY)) headers.set(name, value);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (isHead) void response.body?.cancel();
  const { status, statusText } = response;
  return new Response(isHead ? null : response.body, { status, statusText, headers });
}

/** Data: never stored. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** The answer to a request that failed. */
export function failed(error: unknown, show: (text: string) => string): Response {
  const { status, failure } = failureOf(error);
  const headers = status === 503 ? { 'retry-after': '5' } : undefined;
  return json({ code: failure.code, message: show(failure.message) }, status, headers);
}
