import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { Connection } from '../store/connection.ts';
import { loadEngine } from './engine.ts';
import { whileLocked } from './open.ts';

const busy = fileURLToPath(new URL('../../test/processes/busy.ts', import.meta.url));

/** Starts a process that commits without a pause until the test ends. */
async function startBusyProcess(path: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', busy, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

describe('beside a process that commits without a pause', () => {
  it('a file can be opened', async () => {
    const path = temporaryFile();
    void openInbox({ path }).ready({ create: true });
    await startBusyProcess(path);
    for (let openings = 0; openings < 10; openings++) {
      const connection = new Connection(path, loadEngine());
      expect(connection.open({ create: false, waitMs: 15_000 }).reading).toBeDefined();
      connection.close();
    }
  });
});

describe('whileLocked', () => {
  const locked = Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 });

  it('retries until the lock is free', () => {
    let runs = 0;
    const run = () => {
      if (++runs < 4) throw locked;
      return runs;
    };
    expect(whileLocked(10_000, run)).toBe(4);
  });

  it('gives up after waitMs', () => {
    const run = () => {
      throw locked;
    };
    expect(() => whileLocked(0, run)).toThrow(locked);
    expect(() => whileLocked(5, run)).toThrow(locked);
  });

  it('throws every other error at once', () => {
    let runs = 0;
    const run = () => {
      runs++;
      throw new Error('something else');
    };
    expect(() => whileLocked(10_000, run)).toThrow('something else');
    expect(runs).toBe(1);
  });
});
