import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { callback, PATH, SECRET } from '../callbacks.ts';
import { openSocket } from '../client.ts';
import { open } from '../subject.ts';

const RUNS = 150;

/** Pieces that callbacks are made of, so that what is sent comes near to them. */
const word = fc.constantFrom(
  ...'CallSid CallStatus Status Legs[0][Status] __proto__ completed message [ ] & = % %00 %ff { } " : , null --b'.split(
    ' ',
  ),
  '\r\n',
  'Content-Disposition: form-data; name="',
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((words) => Buffer.from(words.join(''))),
  fc.json().map((text) => Buffer.from(text)),
);
const contentType = fc.oneof(
  fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'multipart/form-data; boundary=b', ''),
  fc.string({ maxLength: 20 }),
);

/** A request as the pieces in which it reaches the server; after each cut comes a turn of the event loop. */
const pieces = fc
  .record({ type: contentType, body, chunked: fc.boolean(), cuts: fc.array(fc.nat(300), { maxLength: 4 }) })
  .map(({ type, body: bytes, chunked, cuts }) => {
    const at = [0, ...cuts.filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b), bytes.length];
    const cut = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
    const framing = chunked ? 'transfer-encoding: chunked' : `content-length: ${bytes.length}`;
    const head = `POST ${PATH}?token=${SECRET} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`;
    return [
      Buffer.from(head),
      ...(chunked ? [...cut.filter((one) => one.length > 0), Buffer.alloc(0)].map(chunk) : cut),
    ];
  });

/** Whatever bytes arrive, however they are cut, are answered, and harm nobody else. */
export function testNoise(adapter: Adapter, mount: Mount): void {
  describe('noise', () => {
    it.each([undefined, 'exotel'])(
      `as a body is never the server's fault (provider: %s, ${RUNS} cases)`,
      async (named) => {
        const subject = await open(adapter, { mount: mount.name, ...(named !== undefined && { named }) });
        const property = fc.asyncProperty(pieces, async (request) => {
          const status = await statusOf(subject.port, request);
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(500);
        });
        await fc.assert(property, { numRuns: RUNS });
        expect((await subject.deliver(callback('exotel'))).status).toBe(200);
      },
    );
  });
}

/** Sends a request piece by piece, and returns the status of its answer; 0 where there was none. */
async function statusOf(port: number, request: readonly Buffer[]): Promise<number> {
  const socket = await openSocket(port);
  socket.setNoDelay();
  // A server may answer, and close, before it has read everything.
  socket.on('error', () => {});
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
    });
    socket.on('close', () => resolve(text));
  });
  for (const piece of request) {
    socket.write(piece);
    await nextTurn();
  }
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await answer)?.[1] ?? 0);
}

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
