// Answers of any length: server-sent events, slow clients, and clients that disappear.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:http2';
import type { ReadableStreamDefaultController, UnderlyingSource } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../test/node-server.ts';
import { serveFetch } from './serve-fetch.ts';

const ORIGIN = 'http://localhost';

/** A server whose handler answers with one stream, and what becomes of this. */
async function streaming(source: UnderlyingSource<Uint8Array> & { readonly onAbort?: () => void }, version: 1 | 2 = 1) {
  const seen = { isAborted: false, isCanceled: false };
  const { port, result } = await serve((req, res) => {
    const exchange = { req, res, url: req.url ?? '/', origin: () => ORIGIN };
    return serveFetch(exchange, async ({ signal }) => {
      signal.addEventListener('abort', () => {
        seen.isAborted = true;
        source.onAbort?.();
      });
      const body = new ReadableStream({
        ...source,
        cancel(reason) {
          seen.isCanceled = true;
          return source.cancel?.(reason);
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
  }, version);
  result.catch(() => {});
  return { port, result, seen };
}

async function open(port: number): Promise<IncomingMessage> {
  const req = request({ port, host: '127.0.0.1' }).on('error', () => {});
  req.end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  res.on('error', () => {});
  onTestFinished(() => void req.destroy());
  return res;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('an answer that is a stream', () => {
  it('has its head at once, then each chunk as it comes, until it ends', async () => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const { port, result, seen } = await streaming({
      start(given) {
        controller = given;
      },
    });
    const res = await open(port);
    expect(res.headers['content-type']).toBe('text/event-stream');
    for (const chunk of ['data: 1\n\n', 'data: 2\n\n']) {
      controller?.enqueue(bytes(chunk));
      expect(String((await once(res, 'data'))[0])).toBe(chunk);
    }
    controller?.close();
    await once(res, 'end');
    await result;
    expect(seen.isCanceled).toBe(false);
  });

  it.each([1, 2] as const)('ends with its client, also while nothing comes, by HTTP/%i', async (version) => {
    const { port, result, seen } = await streaming(
      {
        cancel() {
          throw new Error('It cannot be canceled.');
        },
      },
      version,
    );
    if (version === 1) (await open(port)).destroy();
    else {
      const client = connect(`http://127.0.0.1:${port}`);
      onTestFinished(() => client.destroy());
      const stream = client.request();
      await once(stream, 'response');
      stream.close(8);
    }
    await result;
    expect(seen).toEqual({ isAborted: true, isCanceled: true });
  });

  it('drops a chunk that comes when its client is gone', async () => {
    let onAbort = () => {};
    const { port, result, seen } = await streaming({
      start(controller) {
        onAbort = () => controller.enqueue(new Uint8Array(1_000_000));
      },
      onAbort: () => onAbort(),
    });
    (await open(port)).destroy();
    await result;
    expect(seen).toEqual({ isAborted: true, isCanceled: true });
  });

  it('waits for a slow client, and ends with it', async () => {
    let pulled = 0;
    const { port, result, seen } = await streaming({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const res = await open(port);
    const isStill = async (): Promise<boolean> => {
      const before = pulled;
      await sleep(100);
      return before === pulled;
    };
    await expect.poll(isStill).toBe(true);
    const before = pulled;
    for await (const chunk of res) if (chunk.length > 0 && pulled > before + 100) break;
    await result;
    expect(seen).toEqual({ isAborted: true, isCanceled: true });
  });

  it('closes the connection when it fails, so that the client does not take it for complete', async () => {
    let fail = () => {};
    const { port, result } = await streaming({
      start(controller) {
        controller.enqueue(bytes('data: 1\n\n'));
        fail = () => controller.error(new Error('The inbox is closed.'));
      },
    });
    const res = await open(port);
    await once(res, 'data');
    fail();
    await new Promise((resolve) => res.once('close', resolve));
    expect(res.complete).toBe(false);
    await expect(result).rejects.toThrow('The inbox is closed.');
  });

  it('closes the connection when it fails, also of a client that takes nothing', async () => {
    let fail = () => {};
    const { port, result } = await streaming({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      start(controller) {
        fail = () => controller.error(new Error('The client is too slow.'));
      },
    });
    const res = await open(port);
    await sleep(100);
    fail();
    await expect(result).rejects.toThrow('The client is too slow.');
    const closed = new Promise((resolve) => res.once('close', resolve));
    res.resume();
    await closed;
    expect(res.complete).toBe(false);
  });

  it('is canceled if its client disconnects before the handler has answered', async () => {
    let isCanceled = false;
    const { port, result } = await serve((req, res) =>
      serveFetch({ req, res, url: '/', origin: () => ORIGIN }, async ({ signal }) => {
        await once(signal, 'abort');
        return new Response(
          new ReadableStream({
            cancel() {
              isCanceled = true;
            },
          }),
        );
      }),
    );
    const req = request({ port, host: '127.0.0.1' }).on('error', () => {});
    req.end();
    setTimeout(() => req.destroy(), 50);
    await result;
    expect([isCanceled, req.destroyed]).toEqual([true, true]);
  });
});
