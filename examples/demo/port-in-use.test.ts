import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

it.each(['express', 'koa', 'fastify'])(
  'the server of %s ends with an error if its port is in use',
  async (framework) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const folder = mkdtempSync(path.join(tmpdir(), 'call-status-port-'));
    onTestFinished(() => {
      other.close();
      rmSync(folder, { recursive: true });
    });
    const { port } = other.address() as AddressInfo;
    const server = path.join(import.meta.dirname, '..', framework, 'server.ts');
    const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', 'tsx', server], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, PORT: String(port), INBOX: path.join(folder, 'calls.db'), EXOTEL_TOKEN: 't' },
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
    expect(stdout).not.toContain('listening');
  },
  70_000,
);
