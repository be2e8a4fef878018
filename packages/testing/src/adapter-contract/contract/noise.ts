import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Random } from '../../random.ts';
import { callback, PATH, SECRET } from '../callbacks.ts';
import { openSocket } from '../client.ts';
import type { AdapterSuite } from '../suite.ts';

const RUNS = 150;

/** Pieces of callbacks, so that random requests resemble them. */
const WORDS: readonly string[] = [
  ...'CallSid CallStatus Status Legs[0][Status] __proto__ completed message [ ] & = % %00 %ff { } " : , null --b'.split(
    ' ',
  ),
  '\r\n',
  'Content-Disposition: form-data; name="',
];
const TYPES: readonly string[] = [
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=b',
  '',
];

/** Whatever bytes arrive, however they are cut, are answered, and harm no other request. */
export function testNoise({ describe, each }: AdapterSuite): void {
  describe('noise', () => {
    const name = (named?: string): string =>
      `as a body is never the server's fault (provider: ${named}, ${RUNS} cases)`;
    each([undefined, 'exotel'], name, async (open, named) => {
      const subject = await open({ ...(named !== undefined && { named }) });
      for (let seed = 1; seed <= RUNS; seed++) {
        const status = await statusOf(subject.port, piecesOf(new Random(seed)));
        assert.ok(status >= 200 && status < 500, `The answer of seed ${seed} is ${status}.`);
      }
      assert.equal((await subject.deliver(callback('exotel'))).status, 200);
    });
  });
}

/** A request split into pieces; the event loop turns after each piece. */
function piecesOf(random: Random): readonly Buffer[] {
  const type = random.happens(0.7) ? random.pick(TYPES) : textOf(random, 20);
  const bytes = bodyOf(random);
  const cuts = random.list(0, 4, () => random.below(301)).filter((cut) => cut > 0 && cut < bytes.length);
  const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  const cut = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
  const isChunked = random.happens(0.5);
  const framing = isChunked ? 'transfer-encoding: chunked' : `content-length: ${bytes.length}`;
  const head = `POST ${PATH}?token=${SECRET} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`;
  const chunks = [...cut.filter((one) => one.length > 0), Buffer.alloc(0)].map(chunk);
  return [Buffer.from(head), ...(isChunked ? chunks : cut)];
}

function bodyOf(random: Random): Buffer {
  switch (random.below(3)) {
    case 0:
      return Buffer.from(random.list(0, 300, () => random.below(256)));
    case 1:
      return Buffer.from(
        random.list(0, 40, () => (random.happens(0.5) ? random.pick(WORDS) : textOf(random, 5))).join(''),
      );
    default:
      return Buffer.from(JSON.stringify(anyValue(random, 4)));
  }
}

/** Any printable ASCII. */
function textOf(random: Random, most: number): string {
  return random.list(0, most, () => String.fromCharCode(0x20 + random.below(0x5f))).join('');
}

/** Any JSON value. */
function anyValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 6 : 4)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.next() * 10 ** random.below(20);
    case 2:
      return textOf(random, 10);
    case 3:
      return random.pick(WORDS);
    case 4:
      return random.list(0, 4, () => anyValue(random, depth - 1));
    default:
      return Object.fromEntries(random.list(0, 4, () => [random.pick(WORDS), anyValue(random, depth - 1)]));
  }
}

/** Sends a request piece by piece, and returns the status of the answer; 0 if there was none. */
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
