import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';
import type { Job } from '../inbox.ts';
import { memoryInbox } from '../memory-inbox.ts';

describe('a memory inbox', () => {
  it('works with the real time and no options', async () => {
    const inbox = memoryInbox();
    const { event } = { event: new MemorySubject({}).event('a', 'ringing') };
    await inbox.record({ ...event, receivedAt: new Date().toISOString() });
    const { nextInMs, jobs } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'test' });
    expect(jobs).toHaveLength(1);
    expect(nextInMs).toBe(60_000);
  });

  it('gives retries out in the order of their times', async () => {
    const subject = new MemorySubject({});
    const delays = [50, 20, 70, 10, 40, 60, 30, 20, 80, 0];
    for (const at of delays.keys()) await subject.record(`c${at}`, 'ringing');
    for (const { lease, event } of await subject.takeAll()) {
      const retryInMs = delays[Number(event.callId.slice(1))] as number;
      await subject.inbox.fail(lease, { retryInMs, error: 'boom', doneHandlers: [] });
    }
    const times: number[] = [];
    for (let found = 0; found < delays.length; ) {
      const { jobs, nextInMs } = await subject.inbox.take({ limit: 100, leaseMs: 1000, owner: 'test' });
      for (const { event, lease } of jobs) {
        times.push(delays[Number(event.callId.slice(1))] as number);
        await subject.inbox.finish(lease);
        found++;
      }
      if (jobs.length === 0) subject.time += nextInMs as number;
    }
    expect(times).toEqual([...delays].sort((a, b) => a - b));
  });

  it('skips a retry whose call has gone on in the meantime', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'queued');
    await subject.moveAllToDeadLetters();
    await subject.record('a', 'ringing');
    for (const { lease } of await subject.takeAll()) {
      await subject.inbox.fail(lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
    }
    await subject.inbox.deadLetters.replay('a:queued');
    const [replayed] = await subject.takeAll();
    subject.time += 5000;
    await subject.inbox.renew([(replayed as Job).lease], 1000);
    expect(await subject.takeAll()).toEqual([]);
    await subject.inbox.finish((replayed as Job).lease);
    expect((await subject.takeAll()).map(({ event }) => event.id)).toEqual(['a:ringing']);
  });

  it('ends only the leases that ran out', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'ringing');
    await subject.record('b', 'ringing');
    const [a, b] = (await subject.takeAll()) as [Job, Job];
    subject.time += 500;
    await subject.inbox.renew([b.lease], 1000);
    subject.time += 500;
    const suspects = { limit: 10, leaseMs: 2000, owner: 'test', suspect: true };
    const { jobs, nextInMs } = await subject.inbox.take(suspects);
    expect(jobs.map(({ event }) => event.callId)).toEqual(['a']);
    expect(nextInMs).toBe(500);
    expect(await subject.inbox.finish(a.lease)).toBe('lost');
    expect(await subject.inbox.finish(b.lease)).toBe('done');
  });

  it('puts replayed jobs in their place among those that wait', async () => {
    const subject = new MemorySubject({});
    const ids = ['e0', 'e1', 'e2', 'e3', 'e4'];
    for (const id of ids) await subject.record('a', 'ringing', id);
    for (const _ of ids.slice(0, 4)) await subject.moveAllToDeadLetters();
    for (const id of ['e2', 'e0', 'e3', 'e1']) await subject.inbox.deadLetters.replay(id);
    const order = [];
    for (let [job] = await subject.takeAll(); job !== undefined; [job] = await subject.takeAll()) {
      order.push(job.event.id);
      await subject.inbox.finish(job.lease);
    }
    expect(order).toEqual(ids);
    for (const id of ['f0', 'f1']) await subject.record('a', 'ringing', id);
    await subject.moveAllToDeadLetters();
    await subject.moveAllToDeadLetters();
    expect(await subject.inbox.deadLetters.replayAll()).toBe(2);
    await subject.record('a', 'ringing', 'f2');
    await subject.finishAll();
    expect(await subject.inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });
});
