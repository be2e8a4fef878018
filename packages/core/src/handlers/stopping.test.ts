import { describe, expect, it, vi } from 'vitest';
import {
  codes,
  deferred,
  errors,
  faulty,
  type Handle,
  inbox,
  LEASE_MS,
  POLL_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import type { Inbox } from '../inbox/inbox.ts';

describe('stopping', () => {
  it('waits for what runs and takes no more', async () => {
    const slow = deferred();
    const made = worker({ handle: () => slow.promise }, { concurrency: 2 });
    for (const callId of ['c1', 'c2', 'c3']) await record(callId);
    await pass(1);
    const stopping = made.stop(10_000);
    await record('c4');
    await pass(5000);
    slow.resolve();
    await pass(1);
    await stopping;
    expect(await inbox.counts()).toMatchObject({ waiting: 2, running: 0 });
    expect(vi.getTimerCount()).toBe(0);
    await made.stop(1000);
  });

  it('aborts and gives back what is not done by the deadline', async () => {
    const slow = deferred();
    const signals: AbortSignal[] = [];
    const handle: Handle = (_event, { signal }) => {
      signals.push(signal);
      return slow.promise;
    };
    const made = worker({ handle });
    await record('c1');
    await pass(1);
    const stopping = made.stop(3000);
    await pass(2999);
    expect(signals[0]?.aborted).toBe(false);
    await pass(1);
    await stopping;
    expect(signals[0]?.reason).toMatchObject({ code: 'closed' });
    const { jobs } = await inbox.take({ limit: 1, leaseMs: LEASE_MS, owner: 'the next start' });
    expect(jobs).toMatchObject([{ attempt: 1 }]);
    slow.resolve();
    await pass(1);
    expect(settled).toEqual([['c1:ringing', false]]);
    expect(errors).toEqual([]);
    expect(await inbox.counts()).toMatchObject({ running: 1 });
  });

  it('calls no handler after the deadline for an event whose answer had not left', async () => {
    const answer = deferred();
    const handle = vi.fn();
    const made = worker({ handle }, { beforeHandling: () => answer.promise });
    await record('c1');
    await pass(1);
    const stopping = made.stop(100);
    await pass(100);
    await stopping;
    answer.resolve();
    await pass(1);
    expect(handle).not.toHaveBeenCalled();
  });

  it('gives back what it was just about to get', async () => {
    const asking = deferred();
    const handle = vi.fn();
    const take: Inbox['take'] = async (request) => {
      await asking.promise;
      return inbox.take(request);
    };
    const made = worker({ handle }, { inbox: faulty({ take }) });
    await record('c1');
    await pass(1);
    const stopping = made.stop(1000);
    asking.resolve();
    await pass(1);
    await stopping;
    expect(handle).not.toHaveBeenCalled();
    expect(await inbox.counts()).toMatchObject({ waiting: 1, running: 0 });
  });

  it('asks for nothing when it is stopped in the turn in which it started', async () => {
    const take = vi.fn(inbox.take.bind(inbox));
    const made = worker({}, { inbox: faulty({ take }) });
    const stopping = made.stop(1000);
    await pass(1);
    await stopping;
    expect(take).not.toHaveBeenCalled();
  });

  it('ends by the deadline though the inbox does not listen', async () => {
    const away = () => Promise.reject(new Error('away'));
    const made = worker({ handle() {} }, { inbox: faulty({ finish: away, release: away }) });
    await record('c1');
    await pass(1);
    const stopping = made.stop(500);
    await pass(500);
    await stopping;
    await pass(POLL_MS * 3);
    expect(codes()).toEqual(['inbox_unavailable']);
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('does not call a lease lost that it gave back itself', async () => {
    const finishing = deferred();
    const finish: Inbox['finish'] = async (lease) => {
      await finishing.promise;
      return inbox.finish(lease);
    };
    const made = worker({ handle() {} }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(1);
    const stopping = made.stop(500);
    await pass(500);
    await stopping;
    finishing.resolve();
    await pass(1);
    expect(errors).toEqual([]);
    expect(settled).toEqual([['c1:ringing', false]]);
  });
});
