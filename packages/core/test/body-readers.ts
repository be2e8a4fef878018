import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Code of an application that reads the body of a request. */
export interface BodyReader {
  readonly name: string;
  /** What it has read, when all has been. */
  readonly read: (stream: Readable) => Promise<string>;
}

/** The text of a stream by its events, with whatever is between. */
function byEvents(stream: Readable, onText = (_text: string): void => {}): Promise<string> {
  let all = '';
  stream.on('data', (chunk) => {
    all += String(chunk);
    onText(all);
  });
  return once(stream, 'end').then(() => all);
}

async function byIterator(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

/** Readers of all of the body. */
export const READERS: readonly BodyReader[] = [
  { name: 'data events', read: (stream) => byEvents(stream) },
  {
    name: 'data events of text',
    read: (stream) => {
      stream.setEncoding('utf8');
      return byEvents(stream);
    },
  },
  {
    name: 'data events that it starts later',
    read: (stream) => {
      const all = byEvents(stream);
      stream.pause();
      setTimeout(() => stream.resume(), 20);
      return all;
    },
  },
  { name: 'a pipe', read: (stream) => text(stream.pipe(new PassThrough())) },
  { name: 'a narrow pipe', read: (stream) => text(stream.pipe(new PassThrough({ highWaterMark: 1 }))) },
  { name: 'an async iterator', read: byIterator },
];

/** Readers of a part of the body, which then stop. */
export const PART_READERS: readonly BodyReader[] = [
  {
    name: 'pauses',
    read: (stream) =>
      new Promise((resolve) => {
        stream.once('data', (chunk) => {
          stream.pause();
          resolve(String(chunk));
        });
      }),
  },
  {
    name: 'reads only a few bytes',
    read: async (stream) => {
      while (stream.readableLength < 7) await new Promise(setImmediate);
      return String(stream.read(7));
    },
  },
  {
    name: 'destroys it',
    read: async (stream) => {
      for await (const chunk of stream) return String(chunk);
      return '';
    },
  },
];

const CALLBACK = 'CallSid=CA1&CallStatus=completed';

/** Bodies, in the pieces that are sent one after another. The only piece of the first comes with the head. */
export const BODIES: readonly (readonly [string, readonly string[]])[] = [
  ['a small body that comes with its head', [CALLBACK]],
  [
    'a large body in many pieces',
    [...CALLBACK.split(''), ...Array.from({ length: 12 }, (_, at) => `&x${at}=${'é'.repeat(2000)}`)],
  ],
];

/** Sends a form in pieces, and returns the request. */
export function sendForm(port: number, path: string, pieces: readonly string[], headers = {}): ClientRequest {
  const length = Buffer.byteLength(pieces.join(''));
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': length, ...headers };
  const req = request({ port, path, host: '127.0.0.1', method: 'POST', headers: form });
  req.on('error', () => {});
  const [first = '', ...others] = pieces;
  if (others.length === 0) req.end(first);
  else void writeAll(req, pieces);
  return req;
}

async function writeAll(req: ClientRequest, pieces: readonly string[]): Promise<void> {
  req.flushHeaders();
  req.setNoDelay();
  for (const piece of pieces) {
    await new Promise((resolve) => req.write(piece, resolve));
    await new Promise(setImmediate);
  }
  req.end();
}

/** The status of an answer; `undefined` if the connection was closed without one. */
export async function statusOf(req: ClientRequest): Promise<number | undefined> {
  try {
    const [res] = await once(req, 'response');
    res.resume();
    return res.statusCode;
  } catch {
    return undefined;
  }
}
