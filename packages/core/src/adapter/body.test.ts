import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { post, serve } from '../../test/node-server.ts';
import { CallStatusError } from '../errors.ts';
import { contentLength, peekBody, readBuffered } from './body.ts';
import type { BodyStream } from './body-stream.ts';

const LIMIT = 100;

const READERS: readonly [string, (req: IncomingMessage) => Promise<string>][] = [
  [
    'data and end events',
    (req) =>
      new Promise((resolve) => {
        let text = '';
        req.on('data', (chunk) => {
          text += chunk;
        });
        req.on('end', () => resolve(text));
      }),
  ],
  [
    'an async iterator',
    async (req) => {
      let text = '';
      for await (const chunk of req) text += chunk;
      return text;
    },
  ],
  [
    'a later turn',
    async (req) => {
      await new Promise(setImmediate);
      let text = '';
      for await (const chunk of req) text += chunk;
      return text;
    },
  ],
  ['the same again', async (req) => String(await peek(req))],
];

describe('readBuffered', () => {
  it('reads all that has arrived, in one chunk or in many', () => {
    for (const chunks of [['abc'], ['a', 'b', 'c']]) {
      const stream = new Readable({ read() {} });
      for (const chunk of [...chunks, null]) stream.push(chunk);
      expect(String(readBuffered(stream))).toBe('abc');
    }
  });

  it('reads on where a stream returns one chunk at a time, as Node 26 does', () => {
    const chunks = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    const stream = {
      read: () => chunks.shift(),
      get readableLength() {
        return chunks.length;
      },
    };
    expect(String(readBuffered(stream as unknown as BodyStream))).toBe('abc');
  });
});

describe('peekBody', () => {
  it.each(READERS)('leaves the body to %s', async (_, read) => {
    const { port, result } = await serve(async (req) => [String(await peek(req)), await read(req)]);
    const req = await post(port, ['a=1', '&b=2', '&c=3']);
    req.end();
    expect(await result).toEqual(['a=1&b=2&c=3', 'a=1&b=2&c=3']);
  });

  it('reads a body that was there before the first reader', async () => {
    const { port, result } = await serve(async (req) => {
      while (!req.complete) await new Promise(setImmediate);
      return String(await peek(req));
    });
    (await post(port, [])).end('a=1');
    expect(await result).toBe('a=1');
  });

  it.each([
    ['no body', {}, ''],
    ['an empty body', { 'content-length': 0 }, ''],
  ])('leaves %s alone', async (_, headers, body) => {
    const { port, result } = await serve(async (req) => [String(await peek(req)), req.readableDidRead]);
    const req = request({ port, host: '127.0.0.1', method: 'GET', headers });
    req.on('error', () => {});
    req.end(body);
    expect(await result).toEqual(['', false]);
  });

  it('finds nothing in an empty chunked body, early and late', async () => {
    for (const late of [false, true]) {
      const { port, result } = await serve(async (req) => {
        while (late && !req.complete) await new Promise(setImmediate);
        return String(await peek(req));
      });
      const socket = connect(port, '127.0.0.1');
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write('0\r\n\r\n');
      expect(await result).toBe('');
      socket.destroy();
    }
  });

  it('has the bytes even if an encoding was set, and leaves the text', async () => {
    const { port, result } = await serve(async (req) => {
      req.setEncoding('latin1');
      const peeked = String(await peek(req));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [peeked, text];
    });
    const req = await post(port, ['é=1', '&b=2']);
    req.end();
    expect(await result).toEqual(['é=1&b=2', Buffer.from('é=1&b=2').toString('latin1')]);
  });

  it('takes a body of exactly the limit, and leaves a longer one readable', async () => {
    for (const [length, outcome] of [
      [LIMIT, 'a'.repeat(LIMIT)],
      [LIMIT + 1, 'body_too_large'],
    ] as const) {
      for (const headers of [{ 'content-length': length }, { 'transfer-encoding': 'chunked' }]) {
        const { port, result } = await serve(async (req) => {
          const read = await peek(req);
          const peeked = read instanceof CallStatusError ? read.code : String(read);
          let text = '';
          for await (const chunk of req) text += chunk;
          return [peeked, text];
        });
        const req = await post(port, ['a'.repeat(length)], headers);
        req.end();
        expect(await result).toEqual([outcome, 'a'.repeat(length)]);
      }
    }
  });

  it('reports a client that disconnected, before or after the first read', async () => {
    for (const late of [false, true]) {
      const { port, result } = await serve(async (req) => {
        if (late) await new Promise((resolve) => req.once('close', resolve));
        return peek(req);
      });
      const req = await post(port, ['a=1'], { 'content-length': 50 });
      req.destroy();
      expect(await result).toMatchObject({ code: 'body_aborted' });
    }
  });
});

function peek(req: IncomingMessage) {
  return peekBody(req, contentLength(req), LIMIT);
}
