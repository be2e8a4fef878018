import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';
import type { Job, Lease } from '../inbox.ts';
import { memoryInbox } from '../memory-inbox.ts';
import { elapsedBy } from './schedule.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FAILURE = { error: 'boom', doneHandlers: [] };

describe('a step of the system clock', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const step = (ms: number) => {
    const now = Date.now() + ms;
    vi.spyOn(Date, 'now').mockReturnValue(now);
  };

  it.each([-400 * DAY_MS, -HOUR_MS, HOUR_MS, 400 * DAY_MS])('of %d ms delays and deletes nothing', async (ms) => {
    const inbox = memoryInbox({ retentionMs: HOUR_MS });
    const subject = new MemorySubject({});
    const record = (callId: string, status: 'ringing' | 'completed') => inbox.record(subject.event(callId, status));
    const take = async () => (await inbox.take({ limit: 10, leaseMs: 60_000, owner: 'test' })).jobs;
    await record('ended', 'completed');
    for (const { lease } of await take()) await inbox.finish(lease);
    await record('running', 'ringing');
    const [running] = (await take()) as [Job];
    await record('retried', 'ringing');
    for (const { lease } of await take()) await inbox.fail(lease, { ...FAILURE, retryInMs: 200 });
    await record('waiting', 'ringing');
    step(ms);
    expect((await take()).map((job) => job.event.callId)).toEqual(['waiting']);
    await vi.waitFor(async () => expect((await take()).map((job) => job.event.callId)).toEqual(['retried']));
    expect(await inbox.renew([running.lease], 60_000)).toEqual([]);
    expect(await inbox.finish(running.lease)).toBe('done');
    await record('new', 'ringing');
    await record('newer', 'ringing');
    expect((await inbox.listCalls()).rows).toHaveLength(6);
    expect((await record('ended', 'completed')).transition).toBe('duplicate');
  });
});

describe('a clock that is given', () => {
  it('may be set back by any time: what waits waits no longer for it', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'ringing');
    await subject.record('b', 'ringing');
    const [a] = (await subject.takeAll()) as [Job];
    await subject.inbox.fail(a.lease, { ...FAILURE, retryInMs: 5000 });
    subject.time -= HOUR_MS;
    expect((await subject.inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' })).nextInMs).toBe(1000);
    subject.time += 5000;
    expect((await subject.takeAll()).map(({ event }) => event.callId)).toEqual(['a']);
    expect((await subject.inbox.take({ limit: 1, leaseMs: 1, owner: 'test', suspect: true })).jobs).toHaveLength(1);
  });

  it('tells the time that has passed, whatever it says for a while', () => {
    let now = 1000;
    const elapsed = elapsedBy(() => now);
    const steps = [1500, 400, 500, Number.NaN, 500, 600];
    expect(
      steps.map((time) => {
        now = time;
        return elapsed();
      }),
    ).toEqual([500, 500, 600, 600, 600, 700]);
  });
});

describe('what a memory inbox remembers of what is gone', () => {
  it('knows the ids of an erased call for seven days', async () => {
    const subject = new MemorySubject({});
    await subject.handle('a', 'completed');
    await subject.inbox.forgetCall('acme', 'a');
    subject.time += 7 * DAY_MS - 2;
    expect(await subject.record('a', 'completed')).toBe('duplicate');
    await subject.handle('b', 'completed');
    await subject.inbox.forgetCall('acme', 'b');
    subject.time += 7 * DAY_MS;
    expect(await subject.record('b', 'completed')).toBe('duplicate');
    expect(await subject.record('a', 'completed')).toBe('advance');
    subject.time += 100 * DAY_MS;
    expect(await subject.record('b', 'completed')).toBe('advance');
  });

  it('knows the last ten thousand results', async () => {
    const subject = new MemorySubject({});
    const leases: Lease[] = [];
    for (let at = 0; at < 20_001; at++) {
      await subject.inbox.record(subject.event(`c${at}`, 'completed'));
      const { jobs } = await subject.inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
      for (const { lease } of jobs) {
        leases.push(lease);
        await subject.inbox.finish(lease);
      }
    }
    const outcomes = await Promise.all(leases.map((lease) => subject.inbox.finish(lease)));
    expect(new Set(outcomes.slice(-10_000))).toEqual(new Set(['done']));
    expect(outcomes[0]).toBe('lost');
  });

  it('takes a lease up again that had ended, as long as no other take has it', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'ringing');
    const [job] = (await subject.takeAll()) as [Job];
    subject.time += 1001;
    expect(await subject.takeAll()).toEqual([]);
    expect(await subject.inbox.health()).toMatchObject({ due: 1, running: 0 });
    expect(await subject.inbox.renew([job.lease], 1000)).toEqual([]);
    expect(await subject.inbox.health()).toMatchObject({ due: 0, running: 1 });
    expect((await subject.inbox.take({ limit: 1, leaseMs: 1000, owner: 'test', suspect: true })).jobs).toEqual([]);
    expect(await subject.inbox.finish(job.lease)).toBe('done');
  });

  it('has the summary of a call that has ended', async () => {
    const subject = new MemorySubject({});
    const parties = { from: '+15550100001', to: '+15550100002', tenant: 'a', durationSeconds: 3, answered: true };
    await subject.inbox.record({ ...subject.event('a', 'completed'), ...parties });
    await subject.finishAll();
    expect((await subject.inbox.listCalls()).rows).toMatchObject([{ callId: 'a', ...parties }]);
    expect(await subject.inbox.getCall('acme', 'a', 'a')).toMatchObject({
      tenant: 'a',
      status: 'completed',
      events: [{ id: 'a:completed' }],
    });
    expect(await subject.inbox.getCall('acme', 'a', 'a')).not.toHaveProperty('endedBy');
    await subject.handle('b', 'ringing');
    await subject.inbox.endCall('acme', 'b', { status: 'failed' });
    expect(await subject.inbox.getCall('acme', 'b')).toMatchObject({
      status: 'failed',
      endedBy: 'application',
      events: [{ id: 'b:ringing' }],
    });
  });

  it('is not confused by pauses that are no numbers', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'ringing');
    for (const retryInMs of [Number.NaN, -5]) {
      const [job] = (await subject.takeAll()) as [Job];
      await subject.inbox.fail(job.lease, { ...FAILURE, retryInMs });
    }
    expect(await subject.takeAll()).toMatchObject([{ attempt: 3 }]);
  });
});
