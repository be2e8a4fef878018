import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type CallbackRequest, CallStatusError } from '@call-status/core';
import { originOf } from '@call-status/core/adapter';
import { report } from '../cli-error.ts';
import { listenAt } from '../input/listen-at.ts';

/** A request with its whole body, or why that could not be read. */
export interface LocalRequest extends CallbackRequest {
  readonly rawHeaders: readonly string[];
}

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Starts a server that hands each request to a function, and answers with what it returns.
 *
 * @throws CliError if the port or the address cannot be used
 */
export async function startServer(
  port: number,
  host: string,
  maxBytes: number,
  handle: (request: LocalRequest) => Promise<Answer>,
): Promise<{ server: Server; url: string }> {
  const server = createServer((req, res) => {
    requestOf(req, maxBytes)
      .then(handle)
      .then(
        ({ status, headers }) => void res.writeHead(status, headers).end(),
        (error: unknown) => {
          report(error);
          res.writeHead(503).end();
        },
      );
  });
  return { server, url: await listenAt(server, port, host) };
}

async function requestOf(req: IncomingMessage, maxBytes: number): Promise<LocalRequest> {
  const body = await bodyOf(req, maxBytes);
  return {
    method: req.method ?? 'GET',
    url: req.url ?? '/',
    // A tunnel ends TLS, and says in its headers what was called.
    origin: originOf(req, () => true),
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    ...(body instanceof CallStatusError ? { unreadable: body } : { body }),
  };
}

async function bodyOf(req: IncomingMessage, maxBytes: number): Promise<Buffer | CallStatusError> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
    }
  } catch (cause) {
    return new CallStatusError('body_aborted', {}, { cause });
  }
  return length > maxBytes ? new CallStatusError('body_too_large') : Buffer.concat(chunks);
}
