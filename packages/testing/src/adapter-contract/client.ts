import { once } from 'node:events';
import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** A request to a server of this machine. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Whether the body is sent without saying its length first. */
  readonly chunked?: boolean;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether it came over a connection that had already served another request. */
  readonly reused: boolean;
}

/** Sends a request, and waits for the whole answer. */
export async function send(port: number, outgoing: Outgoing, agent?: Agent): Promise<Answer> {
  const { method, url, body = new Uint8Array(), chunked = false } = outgoing;
  const headers: OutgoingHttpHeaders = { ...outgoing.headers };
  if (chunked) headers['transfer-encoding'] = 'chunked';
  else if (method !== 'GET') headers['content-length'] = String(body.length);
  const req = request({ host: '127.0.0.1', port, method, path: url, headers, ...(agent && { agent }) });
  if (chunked) {
    const half = body.length >> 1;
    req.write(body.subarray(0, half));
    req.end(body.subarray(half));
  } else {
    req.end(body);
  }
  const [res] = await once(req, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk);
  return {
    status: res.statusCode,
    headers: res.headers,
    body: Buffer.concat(chunks).toString(),
    reused: req.reusedSocket,
  };
}

/** A request as sent on the wire. */
export function wire({ method, url, headers = {}, body = new Uint8Array() }: Outgoing): Buffer {
  const all = { host: '127.0.0.1', ...headers, 'content-length': String(body.length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

/** Opens a raw connection, for requests that no client would send. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Waits for this many answers on a connection, and returns their statuses. Each answer must have a Content-Length. */
export async function statuses(socket: Socket, count: number): Promise<number[]> {
  let text = '';
  const found: number[] = [];
  for await (const chunk of socket) {
    text += String(chunk);
    for (let answer = ANSWER.exec(text); answer !== null; answer = ANSWER.exec(text)) {
      const [head, status, length] = answer;
      if (text.length < head.length + Number(length)) break;
      found.push(Number(status));
      text = text.slice(head.length + Number(length));
    }
    if (found.length >= count) break;
  }
  return found;
}

const ANSWER = /^HTTP\/1\.1 (\d{3}) [^\0]*?\r\ncontent-length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/i;
