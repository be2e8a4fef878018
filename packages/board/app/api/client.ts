import type { Failure } from '../../src/api/types.ts';

/** An answer of the server that is not 2xx, or none. */
export class ApiFailure extends Error implements Failure {
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

const UNREACHABLE: Failure = {
  code: 'unreachable',
  message: 'The server of this board does not answer. Check that it runs; the page tries again by itself.',
};
const UNAUTHORIZED: Failure = {
  code: 'unauthorized',
  message: 'The server does not accept your credentials any more. Reload the page to sign in.',
};

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** Reads `api/<path>`. The path is relative, so the board works below any path. */
export function get<T>(path: string, query: Values = {}, signal?: AbortSignal): Promise<T> {
  const values = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(values.map(([name, value]) => [name, String(value)])).toString();
  return send(`api/${path}${search && `?${search}`}`, signal ? { signal } : {});
}

/** Writes. Another site cannot send this header. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return send(`api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-call-status-board': '1' },
    body: JSON.stringify(body),
  });
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    // Without the `user:password@` that the address may have, which fetch refuses.
    response = await fetch(new URL(url, location.origin + location.pathname), init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiFailure(UNREACHABLE);
  }
  if (response.ok) return (await response.json()) as T;
  throw new ApiFailure(await failureOf(response));
}

async function failureOf(response: Response): Promise<Failure> {
  try {
    const { code, message } = (await response.json()) as Partial<Failure>;
    if (code !== undefined && message !== undefined) return { code, message };
  } catch {
    // A proxy or the host's own authentication answered, not the board.
  }
  if (response.status === 401) return UNAUTHORIZED;
  return { code: `http_${response.status}`, message: `The server answered ${response.status} ${response.statusText}.` };
}

export function toFailure(error: unknown): Failure {
  return error instanceof ApiFailure ? error : { code: 'page_error', message: String(error) };
}
