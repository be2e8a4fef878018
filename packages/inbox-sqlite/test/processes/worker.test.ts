import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

let child: ChildProcessByStdio<null, Readable, null>;
let lines: Interface;

function start(...given: string[]): void {
  child = spawn(process.execPath, ['--import', 'tsx', worker, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  lines = createInterface(child.stdout);
}

function record(path: string): Promise<unknown> {
  return openInbox({ path }).record(anEvent('c1', 'completed', { provider: 'mycpaas', id: 'mycpaas:c1:completed' }));
}

afterEach(() => child.kill('SIGKILL'));

describe('a process without HTTP', () => {
  it('stays alive after work(), handles events that another process records, and ends after close()', async () => {
    const path = temporaryFile();
    start(path, 'asked');
    expect(await once(lines, 'line')).toEqual(['started']);
    await sleep(200);
    const [handled] = await Promise.all([once(lines, 'line'), record(path)]);
    expect(handled).toEqual(['handled c1']);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends by itself without startWorker()', async () => {
    start(temporaryFile());
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
