import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { createCallStatus, signalwire } from '@call-status/core';
import { onCompleted, SIGNING_KEY } from './callback.ts';

const calls = createCallStatus({ providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })] });
const server = createServer(async (req, res) => {
  const receipt = await calls.receive({
    method: req.method ?? '',
    url: req.url ?? '',
    origin: `http://${req.headers.host}`,
    headers: req.headers,
    body: await buffer(req),
  });
  res.writeHead(receipt?.status ?? 404, receipt?.headers).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/voice`;

assert.match((await npx('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
assert.match((await npx('trigger', '--list')).stdout, /^ {2}signalwire\.busy +busy +form/m);
const sent = await npx('trigger', 'signalwire.completed', '--to', to);
assert.match(sent.stdout, /<-- 200 /);
assert.equal(sent.exitCode, 0);
const refused = await npx(
  'trigger',
  'signalwire.completed',
  '--to',
  to,
  '--set',
  'CallStatus=busy',
  '--public-url',
  'https://other.example',
);
assert.match(refused.stderr, /^call-status: The server answered 403\. /);
assert.equal(refused.exitCode, 1);

server.close();
await calls.close();

/** Runs the command line as it is installed. */
async function npx(...args: readonly string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const child = spawn('npx', ['call-status', ...args], {
    env: { ...process.env, SIGNALWIRE_SIGNING_KEY: SIGNING_KEY },
    shell: process.platform === 'win32',
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { stdout, stderr, exitCode };
}
