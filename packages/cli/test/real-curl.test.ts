// What curl sends is compared with what the parser reads from the command, and from the bytes on the wire.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exotel, signalwire, voicedock } from '@call-status/core';
import { callback } from '@call-status/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ParsedRequest } from '../src/capture/captured.ts';
import { parseCurl } from '../src/capture/curl.ts';
import { parseRawHttp } from '../src/capture/raw-http.ts';
import { readNamed } from '../src/capture/read-source.ts';

/** Runs a command in bash, and returns the bytes that a server gets. */
async function bytesSentBy(command: (origin: string) => string): Promise<{ text: string; bytes: Buffer }> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const seen = Buffer.concat(chunks).toString('latin1');
      const [, length = '0'] = /content-length: (\d+)/i.exec(seen) ?? [];
      if (seen.length >= seen.indexOf('\r\n\r\n') + 4 + Number(length))
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const text = command(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await promisify(execFile)('bash', ['-c', text.replace('curl', 'curl -q -sS')], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return { text, bytes: Buffer.concat(chunks) };
}

/** The parts that matter; a boundary is chosen at random. */
function partsOf({ method, target, headers, body }: ParsedRequest): object {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const boundary = /boundary=(\S+)/.exec(lower.find(([name]) => name === 'content-type')?.[1] ?? '')?.[1];
  const plain = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, 'boundary'));
  return {
    method,
    target,
    body: plain(Buffer.from(body).toString('latin1')),
    headers: Object.fromEntries(lower.flatMap(([name, value]) => (OF_CURL.has(name) ? [] : [[name, plain(value)]]))),
  };
}

/** Added by curl whatever the command says. */
const OF_CURL = new Set(['host', 'user-agent', 'accept', 'content-length', 'accept-encoding', 'expect']);

describe('a command is read as curl runs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'body file.txt');
  writeFileSync(file, 'a=1\r\nb=ü\n');

  it.each<[(origin: string) => string]>([
    [(o) => `curl ${o}`],
    [(o) => `curl '${o}/a?b=1&c=%20#fragment'`],
    [(o) => `curl ${o.slice('http://'.length)}/a`],
    [(o) => `curl --url ${o}/a -XPUT -d a=1 -d 'b=2 3' --data-raw @c`],
    [
      (o) =>
        `curl -sSLkX POST ${o}/a \\\n  -H 'Content-Type: application/json' \\\n  -H "X-Name: it's \\"ok\\"" \\\n  --data-raw '{"a":"it'\\''s"}'`,
    ],
    [(o) => `curl ${o}/a --data-binary $'a\\xff\\u00fc\\U0001f600\\n\\t\\'\\\\\\101\\q'`],
    [(o) => `curl ${o}/a --data "ü \\n \\$ \\\\ \\x"`],
    [(o) => `curl ${o}/a -d '@${file}'`],
    [(o) => `curl ${o}/a --data-binary "@${file}"`],
    [
      (o) =>
        `curl ${o}/a --data-urlencode 'a=1 2+3&ü' --data-urlencode '=x y' --data-urlencode 'plain text' --data-urlencode 'f@${file}' --data-urlencode '@${file}'`,
    ],
    [(o) => `curl -G ${o}/a?x=1 -d a=1 --data-urlencode 'b=2 3'`],
    [(o) => `curl -G ${o}/a -d a=1`],
    [(o) => `curl --json '{"a":' --json '1}' ${o}/a`],
    [(o) => `curl -u 'user:pass word' ${o}/a`],
    [(o) => `curl http://user:p%40ss@${o.slice('http://'.length)}/a`],
    [(o) => `curl --oauth2-bearer abc ${o}/a`],
    [(o) => `curl -A agent -e https://x.example/ -b 'a=1; b=2' ${o}/a`],
    [(o) => `curl -F a=1 -F 'b=two words;type=text/plain' --form-string 'c=@3;4' -F 'd="q;\\"uote"' ${o}/a`],
    [(o) => `curl ${o}/a -H 'X-Empty;' -H 'Content-Type:' -H 'X-Two: 1' -d a=1`],
    [(o) => `curl ${o}/a --max-time 500 --no-keepalive -o /dev/null -w '%{http_code}' | cat # the end`],
    [(o) => `curl ${o}/a -d "" -d ''x"y"'z'`],
    [(o) => `curl -I ${o}/a`],
    [(o) => `curl --url-query 'b=2 3' --url-query +c=1 ${o}/a?x=1`],
    [(o) => `curl --compressed -d a=1 -- ${o}/a`],
  ])('%s', async (command) => {
    const { text, bytes } = await bytesSentBy(command);
    const parsed = parseCurl(Buffer.from(text).toString('latin1'), readNamed);
    const expected = partsOf(parseRawHttp(bytes)) as { body: string };
    // curl describes a part that has a type or a file name; its content is the same.
    expected.body = expected.body.replace('\r\nContent-Type: text/plain', '');
    expect(partsOf(parsed)).toEqual(expected);
  });

  it.each([
    () => callback(signalwire, 'completed', { secret: 's', fields: { CallerName: "it's \\ ü" } }),
    () => callback(signalwire, 'completed', { secret: 's', encoding: 'query' }),
    () => callback(exotel, 'completed', { token: 't', encoding: 'multipart' }),
    () => callback(voicedock, 'completed', { secret: 's' }),
  ])('a callback of the test kit, %#', async (make) => {
    const made = make();
    const { text, bytes } = await bytesSentBy((origin) => callback.curl({ ...made, origin }));
    const parsed = parseCurl(text, readNamed);
    expect(partsOf(parsed)).toEqual(partsOf(parseRawHttp(bytes)));
    expect(parsed).toMatchObject({ method: made.method, target: made.url, body: Buffer.from(made.body) });
  });
});
