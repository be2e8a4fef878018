// Ctrl-C ends a command at once, also while it waits for an answer.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { HAS_TERMINAL, runInTerminal, start } from './run.ts';

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

it.runIf(HAS_TERMINAL)('in a terminal, whose cursor is shown again', async () => {
  const { url } = await silentServer();
  const typed = [['-->', '\x03']] as const;
  const { stdout, exitCode } = await runInTerminal(['trigger', 'exotel.busy', '--to', url], { typed });
  expect([exitCode, stdout.endsWith('\x1b[?25h\n')]).toEqual([130, true]);
});
