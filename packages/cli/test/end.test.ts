// A command ends when its work is done, and everything that it has printed is there.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anEvent, INBOXES } from './inbox/inboxes.ts';
import { PROGRAM, quoted, run, start } from './run.ts';
import { PROOFS, startServer, temporaryFolder } from './servers.ts';

const OPEN = `setInterval(() => {}, 1000); process.stdin.resume(); export default { providers: [] };`;

describe('with a configuration that holds something open', () => {
  function configured(): string {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'call-status.config.mjs'), OPEN);
    return cwd;
  }

  it('a command that sends ends', async () => {
    const { url, events } = await startServer('express');
    const args = ['trigger', 'signalwire.busy', '--to', url('signalwire')];
    const child = start(args, { cwd: configured(), env: PROOFS });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(events).toHaveLength(1);
    const refused = start(args, { cwd: configured(), env: { SIGNALWIRE_SIGNING_KEY: 'another' } });
    expect(await once(refused, 'close')).toEqual([1, null]);
  });

  it('a command that listens goes on until it is interrupted', async () => {
    const child = start(['listen', '0', '--json'], { cwd: configured() });
    const [line] = await once(child.stdout, 'data');
    expect((await fetch(JSON.parse(String(line)).url)).status).toBe(404);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

it.runIf(process.platform !== 'win32')('a pipe that is read late has all of it', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const { inbox, args } = await open();
  // More than any pipe holds.
  const count = 2000;
  const callerName = 'x'.repeat(200);
  const events = Array.from({ length: count }, (_, at) => anEvent(`call-${at}`, 'completed', { callerName }));
  await Promise.all(events.map((event) => inbox.record(event)));
  const line = [process.execPath, ...PROGRAM, 'inbox', 'ls', ...args, '--all', '--json'].map(quoted).join(' ');
  const { stdout } = spawnSync('sh', ['-c', `{ ${line}; echo "ended with $?" >&2; } | { sleep 1; wc -l; }`], {
    encoding: 'utf8',
    cwd: temporaryFolder(),
  });
  expect(Number(stdout)).toBe(count);
});

it('errors are printed whole', async () => {
  const { stderr, exitCode } = await run(['inbox', 'ls', 'x.db', '--sip', 'y'.repeat(100_000)]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/y{100000}"\. It is a SIP response code, such as 486\.\n$/);
});
