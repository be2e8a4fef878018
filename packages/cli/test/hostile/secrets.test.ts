// Nothing that is printed has a secret, also not what a server or a person puts in the wrong place.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../run.ts';
import { temporaryFolder } from '../servers.ts';

const TOKEN = 'a long/token';
const env = { EXOTEL_TOKEN: TOKEN };

async function serverWith(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/voice`;
}

describe('a server that repeats the URL', () => {
  it.each<[string, RequestListener]>([
    ['in its answer', (req, res) => void res.writeHead(404).end(`No route ${req.url} for +15551234567 and ${TOKEN}`)],
    ['as a redirect', (req, res) => void res.writeHead(302, { location: `/elsewhere${req.url}` }).end()],
  ])('%s', async (_, answer) => {
    const { stdout, stderr, exitCode } = await run(['trigger', 'exotel.busy', '--to', await serverWith(answer)], {
      env,
    });
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('token=•••');
    expect(stdout + stderr).not.toMatch(/a long|long%2Ftoken|15551234567/);
  });
});

describe('a location that is no inbox is not repeated, since it may have a password', () => {
  it.each([
    'psql://u:hunter2@db/calls',
    'POSTGRES://u:hunter2@db/calls',
    'postgres//u:hunter2@db/calls',
    'postgres:u:hunter2@db/calls',
    'host=db password=hunter2',
    'env:WRONG_URL',
  ])('%s', async (location) => {
    const { stdout, stderr, exitCode } = await run(['inbox', 'ls', location], {
      env: { DEBUG: 'call-status', WRONG_URL: 'mysql://u:hunter2@db/calls' },
    });
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toContain('The inbox is neither a file nor a URL of PostgreSQL.');
    expect(stderr).not.toContain('hunter2');
  });
});

it('a secret in the place of the name of a variable is not repeated', async () => {
  const line = ['trigger', 'exotel.busy', '--to', 'localhost:9', '--secret-from-env', 'PSK_hunter2'];
  const { stderr, exitCode } = await run(line);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'call-status: There is no environment variable with the given name. Give the name of a variable, not its value: SIGNALWIRE_SIGNING_KEY.\n',
  );
});

it('a folder is no file of environment variables', async () => {
  const { stderr, exitCode } = await run(['--env', temporaryFolder(), 'completion', 'bash']);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('cannot be read. It is a text file with a line')]);
});
