// The server of the board, for modules of the page that run without a browser.
import { vi } from 'vitest';

interface Request {
  /** Below `api/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  answer(body: object): Promise<void>;
  /** Answers 503. */
  fail(): Promise<void>;
}

/** Replaces `fetch`: each request waits until the test answers it. */
export function fakeServer(): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal('location', { origin: 'http://board.example', pathname: '/' });
  vi.stubGlobal('fetch', ({ pathname, searchParams }: URL, { signal }: RequestInit) => {
    const { promise, resolve, reject } = deferred<Response>();
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
    const send = async (status: number, body: object): Promise<void> => {
      resolve(Response.json(body, { status }));
      await new Promise(setImmediate);
    };
    requests.push({
      path: pathname.replace('/api/', ''),
      query: Object.fromEntries(searchParams),
      answer: (body) => send(200, body),
      fail: () => send(503, { code: 'inbox_unavailable', message: 'Down.' }),
    });
    return promise;
  });
  return requests;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
