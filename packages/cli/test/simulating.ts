import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type RunOptions, run } from './run.ts';
import { PROOFS } from './servers.ts';

/** The result of `simulate --json`. */
export interface Simulated {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly summary: Readonly<Record<string, unknown>> & { readonly answers: Readonly<Record<string, number>> };
  readonly differences: readonly Readonly<Record<string, unknown>>[];
}

/** Runs `simulate` with `--json`. */
export async function simulate(args: readonly string[], options: RunOptions = {}): Promise<Simulated> {
  const result = await run(['simulate', ...args, '--json'], { env: PROOFS, ...options });
  const rows = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return {
    exitCode: result.exitCode,
    stderr: result.stderr,
    summary: rows.find(({ kind }) => kind === 'summary'),
    differences: rows.filter(({ kind }) => kind === 'difference'),
  };
}

/** A server of node, stopped after the test. */
export async function listen(answer: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that accepts everything: what it got, one digest for each request. */
export async function recording(): Promise<{ readonly origin: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const origin = await listen(async (req, res) => {
    const hash = createHash('sha256').update(`${req.method} ${req.url} ${JSON.stringify(req.headers)}`);
    for await (const chunk of req) hash.update(chunk);
    requests.push(hash.digest('hex'));
    res.end();
  });
  return { origin, requests };
}

/** A proxy of a server. What `intercept` answers itself does not reach the server. */
export function proxying(
  origin: string,
  intercept: (count: number, req: IncomingMessage, res: ServerResponse) => boolean,
): Promise<string> {
  let count = 0;
  return listen(async (req, res) => {
    const body = await buffer(req);
    if (intercept(++count, req, res)) return;
    const { method, url, headers } = req;
    request(origin + url, { method, headers }, (answer) => {
      answer.resume();
      res.writeHead(answer.statusCode as number).end();
    }).end(body);
  });
}
