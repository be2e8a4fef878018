import type { Board } from '@call-status/core/adapter';

/** What the toy board says of a request to it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly mountPath: string;
  readonly body: string;
  /** What another middleware has left on the framework's request. */
  readonly user?: unknown;
}

export const CSP = "default-src 'none'; script-src 'self'";

/** A handler of the Fetch API that shows what a mount has passed to it, and whose `/stream` ends only with its client. */
export function toyBoard() {
  const streams = { open: 0, closed: 0 };
  const board: Board & { close(): void } = {
    async handle(request, { mountPath, frameworkRequest }) {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith('/fails')) throw new Error('The inbox is closed.');
      if (pathname.endsWith('/stream')) return streaming(request.signal);
      const seen: Seen = {
        method: request.method,
        url: request.url,
        mountPath,
        body: await request.text(),
        user: Object(frameworkRequest).user,
      };
      return Response.json(seen, { headers: { 'content-security-policy': CSP } });
    },
    close() {
      for (const end of ends) end();
    },
  };
  const ends = new Set<() => void>();

  function streaming(signal: AbortSignal): Response {
    streams.open++;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
        const end = (): void => controller.close();
        ends.add(end);
        signal.addEventListener('abort', () => {
          streams.closed++;
          ends.delete(end);
        });
      },
    });
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' },
    });
  }
  return { board, streams };
}
