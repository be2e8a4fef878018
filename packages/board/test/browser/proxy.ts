import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What stands between a browser and the board. */
export interface Proxy {
  readonly url: string;
  /** The paths of the requests that came, in their order. */
  readonly asked: readonly string[];
  /** From now on, it answers requests to these paths itself, and ends what it has begun to answer. */
  refuse(status: number, ...paths: readonly string[]): void;
  /** Passes all requests on again. */
  allow(): void;
}

export interface ProxyOptions {
  /** It ends all answers after so long, finished or not. */
  readonly endsAfterMs?: number;
  /** The path whose answers it holds back until they are finished. */
  readonly holds?: string;
}

/** Passes requests on. It ends after the test. */
export async function proxyTo(target: string, { endsAfterMs, holds }: ProxyOptions = {}): Promise<Proxy> {
  const refused = new Map<string, number>();
  const open = new Map<ServerResponse, string>();
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const path = (req.url ?? '').slice(1).split('?', 1)[0] as string;
    asked.push(path);
    const status = refused.get(path);
    if (status !== undefined) return void res.writeHead(status, { 'content-type': 'text/html' }).end('<p>The proxy.');
    open.set(res, path);
    const { method, headers } = req;
    const onward = request(new URL(req.url ?? '', target), { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      if (path === holds) res.flushHeaders();
      else answer.pipe(res);
      if (endsAfterMs !== undefined) setTimeout(() => answer.destroy(), endsAfterMs);
      answer.on('error', () => res.destroy()).on('close', () => res.end());
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => {
      open.delete(res);
      onward.destroy();
    });
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    refuse(status, ...paths) {
      for (const path of paths) refused.set(path, status);
      for (const [res, path] of open) if (refused.has(path)) res.destroy();
    },
    allow: () => refused.clear(),
  };
}
