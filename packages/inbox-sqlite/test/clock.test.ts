import { createCallStatus, mycpaas } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bootId, timesBy } from '../src/database/clock.ts';
import { anEvent } from './events.ts';
import { handleAll, openInbox, temporaryFile } from './support.ts';

const HOUR = 3_600_000;
const STEPS = [-10_000 * HOUR, -HOUR, -1000, 1000, HOUR, 10_000 * HOUR];
const REQUEST = { limit: 100, leaseMs: 10_000, owner: 'test' };

function setUp() {
  const path = temporaryFile();
  let now = Date.UTC(2026, 0, 1);
  return {
    path,
    inbox: openInbox({ path, clock: () => now }),
    again: () => openInbox({ path, clock: () => now }),
    step: (ms: number) => {
      now += ms;
    },
  };
}

describe.each(STEPS)('a step of the clock by %i ms', (ms) => {
  it('delays no due job', async () => {
    const { inbox, step } = setUp();
    for (const status of ['ringing', 'completed'] as const) await inbox.record(anEvent('c1', status));
    await inbox.record(anEvent('c2'));
    step(ms);
    expect((await handleAll(inbox)).sort()).toEqual(['acme:c1:completed', 'acme:c1:ringing', 'acme:c2:ringing']);
  });

  it('delays no due job after a restart, or in another process', async () => {
    const { inbox, again, step } = setUp();
    await inbox.record(anEvent('c1'));
    await inbox.record(anEvent('c2'));
    step(ms);
    const other = again();
    expect(await other.health()).toMatchObject({ due: 2 });
    const { jobs } = await other.take({ ...REQUEST, limit: 1 });
    await other.finish((jobs[0] as (typeof jobs)[number]).lease);
    await inbox.close();
    expect(await handleAll(again())).toEqual(['acme:c2:ringing']);
  });

  it('delays no event behind a running one', async () => {
    const { inbox, step } = setUp();
    await inbox.record(anEvent('c1'));
    const { jobs } = await inbox.take(REQUEST);
    await inbox.record(anEvent('c1', 'completed'));
    step(ms);
    for (const { lease } of jobs) expect(await inbox.finish(lease)).toBe('done');
    expect(await handleAll(inbox)).toEqual(['acme:c1:completed']);
  });

  it('delays a retry by no more than its pause, even across a restart', async () => {
    const { inbox, again, step } = setUp();
    await inbox.record(anEvent('c1'));
    await inbox.record(anEvent('c2'));
    for (const { lease } of (await inbox.take(REQUEST)).jobs) {
      await inbox.fail(lease, { error: 'boom', doneHandlers: [], retryInMs: 5000 });
    }
    step(ms);
    const nextInMs = (await inbox.take({ ...REQUEST, limit: 0 })).nextInMs ?? 0;
    expect(nextInMs).toBeLessThanOrEqual(5000);
    step(5000);
    expect((await inbox.take({ ...REQUEST, limit: 1 })).jobs).toHaveLength(1);
    await inbox.close();
    step(ms);
    const reopened = again();
    step(5000);
    expect((await reopened.take(REQUEST)).jobs).toHaveLength(1);
  });

  it('delays the jobs of a dead process by no more than their leases', async () => {
    const { inbox, again, step } = setUp();
    await inbox.record(anEvent('c1'));
    await inbox.take(REQUEST);
    await inbox.close();
    step(ms);
    const reopened = again();
    await reopened.counts();
    step(REQUEST.leaseMs + 1);
    expect((await reopened.take({ ...REQUEST, suspect: true })).jobs).toHaveLength(1);
  });

  it('does not keep dead letters from being replayed', async () => {
    const { inbox, step } = setUp();
    await inbox.record(anEvent('c1'));
    for (const { lease } of (await inbox.take(REQUEST)).jobs) {
      await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
    }
    step(ms);
    expect(await inbox.deadLetters.replayAll()).toBe(1);
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing']);
  });
});

it('the lag in health() is never negative', async () => {
  const { inbox, step } = setUp();
  await inbox.record(anEvent('c1'));
  step(-HOUR);
  expect(await inbox.health()).toMatchObject({ due: 1, lagMs: 0 });
  step(5000);
  expect(await inbox.health()).toMatchObject({ due: 1, lagMs: 5000 });
});

it('events that waited for a worker are handled though the clock was set back', async () => {
  const { inbox, step } = setUp();
  const handled: string[] = [];
  const calls = createCallStatus({
    providers: [mycpaas({ token: 't' })],
    inbox,
    worker: false,
    log: { info() {}, warn() {}, error() {} },
    onStatus: ({ callId }) => void handled.push(callId),
  });
  onTestFinished(() => calls.close());
  for (let call = 0; call < 5; call++) {
    await inbox.record(anEvent(`c${call}`, 'ringing', { provider: 'mycpaas', id: `mycpaas:c${call}:ringing` }));
  }
  step(-HOUR);
  calls.startWorker();
  await vi.waitFor(() => expect(handled.sort()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']));
});

describe('the times', () => {
  it('by a clock advance though it is set back, in whole milliseconds', () => {
    let now = 1000.7;
    const times = timesBy(
      () => now,
      () => 7,
    );
    expect(times()).toEqual({ wall: 1000, mono: 7, steady: 1000 });
    now = 500.2;
    expect(times()).toEqual({ wall: 500, mono: 7, steady: 1000 });
    now = 600.9;
    expect(times()).toEqual({ wall: 600, mono: 7, steady: 1100 });
  });

  it('are those of the host without a clock', () => {
    expect(timesBy(undefined)()).toBeUndefined();
  });

  it('have no boot id if the system does not provide one', () => {
    expect(bootId('/proc/no such file')).toBe('');
  });
});
