import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { received, receiver } from '../../test/receiver-subject.ts';
import type { WorkerReport } from '../inbox/health.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { nodeTimers } from '../timer.ts';
import { versionIn } from './worker-reports.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** An inbox that remembers its workers, and a clock whose timers of 15 seconds a test rings. */
function reporting(own: Partial<Inbox> = {}) {
  const reports: WorkerReport[] = [];
  const removed: string[] = [];
  const rings = new Set<() => void>();
  const inbox: Inbox = Object.assign(memoryInbox(), {
    reportWorker: async (report: WorkerReport) => void reports.push(report),
    removeWorker: async (owner: string) => void removed.push(owner),
    ...own,
  });
  const every = (ms: number, callback: () => void): (() => void) => {
    if (ms !== 15_000) return nodeTimers.every(ms, callback);
    rings.add(callback);
    return () => rings.delete(callback);
  };
  const clock = { now: Date.now, timers: { ...nodeTimers, every } };
  const ring = (): void => {
    for (const one of rings) one();
  };
  return { inbox, clock, reports, removed, ring };
}

describe('a worker', () => {
  it('reports itself at its start and every 15 seconds, and is removed when it stops', async () => {
    const { inbox, clock, reports, removed, ring } = reporting();
    let finish = (): void => {};
    const { calls } = receiver({
      inbox,
      clock,
      concurrency: 3,
      worker: false,
      onEnded: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    calls.onCompleted(() => {});
    expect(reports).toEqual([]);
    calls.startWorker();
    const idle = { running: 0, concurrency: 3, oldestRunningMs: 0 };
    const handlers = ['onEnded', 'onCompleted'];
    expect(reports).toEqual([{ owner: expect.any(String), version, handlers, ...idle }]);
    await calls.receive(received(1));
    await vi.waitFor(async () => expect((await calls.health()).worker?.running).toBe(1));
    ring();
    await vi.waitFor(() => expect(reports).toHaveLength(2));
    expect(reports[1]).toMatchObject({ running: 1, oldestRunningMs: expect.any(Number) });
    finish();
    await calls.close();
    ring();
    expect([removed, reports.length]).toEqual([[reports[0]?.owner], 2]);
  });

  it('handles events though its reports fail', async () => {
    const fail = () => Promise.reject(new Error('down'));
    const { inbox, clock } = reporting({ reportWorker: fail, removeWorker: fail });
    const { calls, codes } = receiver({ inbox, clock, ack: 'handled', onCompleted: () => {} });
    expect((await calls.receive(received(1)))?.status).toBe(200);
    await calls.close();
    expect(codes).toEqual([]);
  });

  it('sends no second report while one is on its way', async () => {
    const reportWorker = vi.fn(() => new Promise<void>(() => {}));
    const { inbox, clock, ring } = reporting({ reportWorker });
    const { calls } = receiver({ inbox, clock, onCompleted: () => {} });
    onTestFinished(() => calls.close());
    ring();
    ring();
    expect(reportWorker).toHaveBeenCalledOnce();
  });
});

it('knows its version only where its own package.json is', () => {
  expect(versionIn('../../package.json', import.meta.url)).toBe(version);
  expect(versionIn('../../../express/package.json', import.meta.url)).toBe('unknown');
  expect(versionIn('./package.json', import.meta.url)).toBe('unknown');
});

describe('health()', () => {
  it('shows handlers that hang at once', async () => {
    const { calls } = receiver({
      concurrency: 2,
      onCompleted: (_, { signal }) => new Promise((_resolve, stop) => signal.addEventListener('abort', stop)),
    });
    for (const call of [1, 2, 3]) await calls.receive(received(call));
    await vi.waitFor(async () => {
      const { inbox, worker } = await calls.health();
      expect([inbox.due, inbox.running, worker?.running, worker?.concurrency]).toEqual([1, 2, 2, 2]);
      expect(worker?.oldestRunningMs).toBeGreaterThan(0);
    });
    await calls.close({ deadlineMs: 0 });
    expect(await calls.health()).not.toHaveProperty('worker');
  });

  it('has no worker where no handlers run', async () => {
    const ready = vi.fn(async () => {});
    const inbox = Object.assign(memoryInbox(), { durable: true, ready });
    const { calls } = receiver({ inbox, worker: false });
    expect(await calls.health()).toEqual({ inbox: await inbox.health() });
    expect(ready).toHaveBeenCalledOnce();
    await calls.close();
  });
});
