import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HeldLeases } from '../../src/thread/held-leases.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

/** The thread needs two thirds of it to notice that nothing answers. The rest is for a busy machine. */
const LEASE_MS = 2400;

/** A process that takes an event and blocks its event loop. */
function startBlocking(path: string, blockMs: number): { child: ChildProcess; line: () => Promise<string> } {
  const script = fileURLToPath(new URL('./blocking.ts', import.meta.url));
  const args = ['--import', 'tsx', script, path, `${LEASE_MS}`, `${blockMs}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value };
}

const takeAny = { limit: 1, leaseMs: LEASE_MS, owner: 'other', suspect: true };

describe('a handler that blocks the event loop for longer than its lease', () => {
  it('keeps its event, and its result counts', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('c1'));
    const { line } = startBlocking(path, 2.5 * LEASE_MS);
    expect(await line()).toBe('blocking');
    const outcome = line();
    let taken = 0;
    for (let isOver = false; !isOver; ) {
      taken += (await inbox.take(takeAny)).jobs.length;
      isOver = await Promise.race([outcome.then(() => true), sleep(20, false)]);
    }
    expect([taken, await outcome]).toEqual([0, 'done']);
  });

  it('loses it if it blocks for too long', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('c1'));
    const { line, child } = startBlocking(path, 120_000);
    expect(await line()).toBe('blocking');
    await vi.waitFor(async () => expect((await inbox.take(takeAny)).jobs).toHaveLength(1), {
      timeout: 60_000,
      interval: 50,
    });
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
});

describe('the leases of a process', () => {
  /** Held leases, with mocks of what the thread does for them. */
  function follow() {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const on = { ping: vi.fn(), renew: vi.fn((_tokens: readonly string[]): readonly string[] => []) };
    const held = new HeldLeases(on);
    const take = (token: string) =>
      held.follow(
        'take',
        [{ leaseMs: 300 }],
        {
          jobs: [['id', token, 0, 0, false, 1, '[]', '{}', 'advance']],
          nextInMs: undefined,
          suspects: false,
          more: false,
        },
        { wall: 10, mono: 10, steady: 10 },
      );
    return { held, on, take };
  }

  it('are renewed while it does not answer, for at most four times their length', () => {
    const { held, on, take } = follow();
    held.heard();
    take('t1');
    vi.advanceTimersByTime(100);
    expect([on.ping.mock.calls.length, on.renew.mock.calls.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(100);
    expect(on.renew.mock.calls).toEqual([[['t1'], 300, { wall: 210, mono: 210, steady: 210 }]]);
    vi.advanceTimersByTime(10_000);
    expect(on.renew.mock.calls.length).toBe(10);
  });

  it('are not renewed while it answers, or after they have ended', () => {
    const { held, on, take } = follow();
    take('t1');
    take('t2');
    for (let at = 0; at < 10; at++) {
      vi.advanceTimersByTime(100);
      held.heard();
    }
    expect([on.ping.mock.calls.length, on.renew.mock.calls.length]).toEqual([10, 0]);
    held.follow('finish', ['t1'], 'done', undefined);
    held.follow('renew', [['t2']], ['t2'], undefined);
    held.follow('record', [], [], undefined);
    vi.advanceTimersByTime(1000);
    expect([on.ping.mock.calls.length, vi.getTimerCount()]).toEqual([10, 0]);
  });

  it('are not renewed again once they are lost', () => {
    const { held, on, take } = follow();
    held.heard();
    take('t1');
    take('t2');
    on.renew.mockReturnValueOnce(['t1']);
    vi.advanceTimersByTime(300);
    expect(on.renew.mock.calls.map(([tokens]) => tokens)).toEqual([['t1', 't2'], ['t2']]);
    held.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});
