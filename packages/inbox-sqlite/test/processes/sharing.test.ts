import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

const sharer = fileURLToPath(new URL('./sharer.ts', import.meta.url));
const run = promisify(execFile);

describe('several processes on one file', () => {
  it('record together, and handle every event once', async () => {
    const path = temporaryFile();
    const names = ['a', 'b', 'c'];
    const calls = 100;
    const outputs = await Promise.all(
      names.map((name) =>
        run(process.execPath, ['--import', 'tsx', sharer, path, name, `${calls}`, `${calls * names.length}`]),
      ),
    );
    const handled: string[] = outputs.flatMap(({ stdout }) => JSON.parse(stdout));
    expect(handled).toHaveLength(2 * calls * names.length);
    expect(new Set(handled).size).toBe(handled.length);
    const inbox = openInbox({ path });
    expect(await inbox.counts()).toEqual({ live: 0, ended: calls * names.length, waiting: 0, running: 0, dead: 0 });
  });

  it('wakes a worker for events that another process recorded', async () => {
    const path = temporaryFile();
    const worker = openInbox({ path, pollMs: 5 });
    const web = openInbox({ path });
    const listener = vi.fn();
    worker.onJobs(listener);
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    // It has seen the current state of the file; only a commit of the other process changes it.
    const before = listener.mock.calls.length;
    await web.record(anEvent('c1'));
    await vi.waitFor(() => expect(listener.mock.calls.length).toBeGreaterThan(before));
    expect((await worker.take({ limit: 1, leaseMs: 1000, owner: 'worker' })).jobs).toHaveLength(1);
  });
});
