import type { IncomingMessage } from 'node:http';
import { DEFAULT_LIMITS } from '../../decode/fields.ts';
import { sanitize } from '../../decode/sanitize.ts';
import type { FetchRequest } from '../../provider/fetch-call.ts';
import { isLoopback } from '../../provider/loopback.ts';
import { nodeTimers, type Timers } from '../../timer.ts';

/** For everything together: name, connection, TLS, headers and body. */
const TIMEOUT_MS = 10_000;

/** Of a body. */
const MOST_BYTES = 256 * 1024;

/** Of a parsed body. */
const LIMITS = { ...DEFAULT_LIMITS, bytes: MOST_BYTES, depth: 32 };

/** Compression is not asked for, so that a small body cannot become a large one. */
const OWN_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'call-status' };

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** What a provider answered. */
export interface Reply {
  readonly status: number;
  /** The JSON of a response with status 200. */
  readonly body?: unknown;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
}

/** A request without a usable answer. Its message is a short reason: no URL, no credentials, and nothing of the response. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
}

/**
 * Makes a GET request over HTTPS, or HTTP to this machine. Follows nothing: no redirect, and no proxy of the environment.
 *
 * @param signal aborts the request
 * @throws RequestFailed (rejects with)
 */
export async function getJson(
  { url, headers }: FetchRequest,
  signal: AbortSignal,
  timers: Timers = nodeTimers,
): Promise<Reply> {
  const target = targetOf(url);
  // Loaded when it is needed: most receivers never ask.
  const { request, Agent } = target.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const aborting = new AbortController();
  const abort = (): void => aborting.abort(new RequestFailed('The request was aborted.'));
  const cancelTimeout = timers.after(TIMEOUT_MS, () =>
    aborting.abort(new RequestFailed(`There was no complete answer within ${TIMEOUT_MS / 1000} seconds.`)),
  );
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  // An agent of its own: a program may have given the global one a proxy, and Node can read one from the environment.
  const options = {
    agent: new Agent(),
    headers: { ...headers, ...OWN_HEADERS },
    rejectUnauthorized: true,
    signal: aborting.signal,
  };
  try {
    return await new Promise<Reply>((resolve, reject) => {
      const outgoing = request(target, options, (incoming) => {
        replyOf(incoming)
          .then(resolve, reject)
          .finally(() => outgoing.destroy());
      });
      outgoing.on('error', reject).end();
    });
  } catch (error) {
    throw aborting.signal.aborted ? aborting.signal.reason : failureOf(error);
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', abort);
  }
}

function targetOf(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === 'https:' || (target?.protocol === 'http:' && isLoopback(target))) return target;
  throw new RequestFailed('Its address is not an HTTPS URL.');
}

/** @throws RequestFailed; errors of the connection */
async function replyOf(incoming: IncomingMessage): Promise<Reply> {
  const { statusCode: status = 0, headers } = incoming;
  const retryAfter = headers['retry-after'];
  if (status !== 200) return { status, retryAfter };
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  if (!JSON_TYPE.test(type)) throw new RequestFailed('The answer is not JSON.');
  if (encoding !== 'identity') throw new RequestFailed('The answer is compressed, although that was not asked for.');
  return { status, retryAfter, body: parsed(await textOf(incoming)) };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new RequestFailed(`The answer has more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The errors of the parser quote the text. */
function parsed(text: string): unknown {
  try {
    return sanitize({ body: JSON.parse(text) }, LIMITS)['body'];
  } catch {
    throw new RequestFailed('The answer is not JSON, or too large.');
  }
}

/** Of errors of connections, names and certificates, only their codes, such as ENOTFOUND: messages may quote headers and addresses. */
function failureOf(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error;
  const { code = 'no code' } = Object(error) as NodeJS.ErrnoException;
  return new RequestFailed(`The request failed: ${code}.`);
}
