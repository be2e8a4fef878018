// Ctrl-C ends a command at once, also while it waits for an answer.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallStatus, signalwire } from '@call-status/core';
import { callback } from '@call-status/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal, start } from './run.ts';
import { PROOFS, SECRET, startServer, temporaryInbox } from './servers.ts';

/** Interrupts the process in the turn in which it prints first. */
const AT_ITS_FIRST_OUTPUT = `--import data:text/javascript,${encodeURIComponent(`
  const write = process.stdout.write;
  process.stdout.write = function (...given) {
    process.stdout.write = write;
    process.kill(process.pid, 'SIGINT');
    return write.apply(this, given);
  };
`)}`;

/** A server that never answers. */
async function silentServer(): Promise<{ url: string; called: Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, called: once(server, 'request') };
}

it.runIf(process.platform !== 'win32')('in a pipe', async () => {
  const { url, called } = await silentServer();
  const child = start(['trigger', 'exotel.busy', '--to', url]);
  await called;
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
});

describe.runIf(process.platform !== 'win32')('as soon as it prints', () => {
  const env = { ...PROOFS, NODE_OPTIONS: AT_ITS_FIRST_OUTPUT };

  it('ends listen', async () => {
    const { stdout, exitCode } = await run(['listen', '0', '--json'], { env });
    expect([JSON.parse(stdout).type, exitCode]).toEqual(['listening', 0]);
  });

  it('ends simulate, which waits for a handler', async () => {
    const { path, inbox } = temporaryInbox();
    const released = new AbortController();
    const handlers = { onStatus: () => once(released.signal, 'abort') };
    const calls = createCallStatus({ providers: [signalwire({ signingKey: SECRET })], inbox, ...handlers });
    onTestFinished(() => calls.close());
    onTestFinished(() => released.abort());
    await calls.receive(callback(signalwire, 'busy', { secret: SECRET }));
    const { url } = await startServer('express');
    const args = ['simulate', 'outbound-busy', '--calls', '1', '--to', url('signalwire')];
    const { stdout, exitCode } = await run([...args, '--db', path, '--assert', '--wait', '1h'], { env });
    expect([stdout, exitCode]).toEqual([expect.stringContaining('1 calls'), 130]);
  });
});

it.runIf(HAS_TERMINAL)('in a terminal, whose cursor is shown again', async () => {
  const { url } = await silentServer();
  const typed = [['-->', '\x03']] as const;
  const { stdout, exitCode } = await runInTerminal(['trigger', 'exotel.busy', '--to', url], { typed });
  expect([exitCode, stdout.endsWith('\x1b[?25h\n')]).toEqual([130, true]);
});
