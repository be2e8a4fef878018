// An inbox that commits but whose answer is lost: the result is reported again, and counts once.
import { describe, expect, it, vi } from 'vitest';
import {
  codes,
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

type Operation = 'take' | 'renew' | 'begin' | 'finish' | 'fail' | 'release';

/** Does what it is asked for, and loses so many answers. */
function losing(name: Operation, count: number, inboxOf: () => Inbox = () => inbox): Partial<Inbox> {
  let left = count;
  const operation = async (...args: unknown[]): Promise<unknown> => {
    const answer = await (inboxOf()[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    if (left-- > 0) throw new Error('connection reset');
    return answer;
  };
  return { [name]: operation };
}

describe('a lost answer', () => {
  it.each([1, 2])('to finish: the event is handled, once (%i lost)', async (count) => {
    const handle = vi.fn();
    worker({ handle }, { inbox: faulty(losing('finish', count)) });
    await record('c1');
    await pass(POLL_MS * (count + 1));
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(handle).toHaveBeenCalledOnce();
    expect(codes()).toEqual(['inbox_unavailable']);
  });

  it('to the last fail: the dead letter is reported', async () => {
    worker(
      { handle: () => Promise.reject(new Error('no')) },
      { inbox: faulty(losing('fail', 2)), retry: { attempts: 1 } },
    );
    await record('c1');
    await pass(POLL_MS * 3);
    expect(codes()).toEqual(['handler_failed handle', 'inbox_unavailable', 'dead_letter']);
  });

  it('to fail: the event is tried again, with its next attempt', async () => {
    const attempts: number[] = [];
    const handle: Handle = (_event, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error('once');
    };
    worker({ handle }, { inbox: faulty(losing('fail', 1)) });
    await record('c1');
    await pass(POLL_MS * 3);
    expect(attempts).toEqual([1, 2]);
    expect(settled).toContainEqual(['c1:ringing', true]);
  });

  it('to take: the event is handled after its lease, and nothing is counted', async () => {
    const attempts: number[] = [];
    worker(
      { handle: (_event, { attempt }) => attempts.push(attempt) },
      { inbox: faulty(losing('take', 8)), retry: { attempts: 1 } },
    );
    await record('c1');
    await pass(LEASE_MS * 10);
    expect(attempts).toEqual([1]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  it('to begin: the handlers run once', async () => {
    await record('c1');
    await inbox.take({ limit: 1, leaseMs: 10, owner: 'a process that dies' });
    await pass(20);
    const handle = vi.fn();
    worker({ handle }, { inbox: faulty(losing('begin', 1)) });
    await pass(POLL_MS * 3);
    expect(handle).toHaveBeenCalledOnce();
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it('to renew: nothing is lost', async () => {
    const handle = () => new Promise((resolve) => setTimeout(resolve, LEASE_MS * 2));
    worker({ handle }, { inbox: faulty(losing('renew', 1)) });
    await record('c1');
    await pass(LEASE_MS * 2 + POLL_MS);
    expect(codes()).toEqual(['inbox_unavailable']);
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it.each([
    ['done, when an earlier answer was lost', true, []],
    ['lost, when none was', false, ['lease_lost']],
  ])('a job that is gone is %s', async (_, isLost, more) => {
    let calls = 0;
    const finish: Inbox['finish'] = async () => {
      if (isLost && calls++ === 0) throw new Error('connection reset');
      return 'gone';
    };
    worker({ handle() {} }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(POLL_MS * 2);
    expect(settled).toEqual([['c1:ringing', isLost]]);
    expect(codes().filter((code) => code !== 'inbox_unavailable')).toEqual(more);
  });
});

describe('an inbox that hangs', () => {
  it('when asked for jobs: it is asked again, and what comes late is released', async () => {
    let answer = (): void => {};
    let isHanging = true;
    const handle = vi.fn();
    const take: Inbox['take'] = async (request) => {
      if (!isHanging) return inbox.take(request);
      isHanging = false;
      const taken = await inbox.take({ ...request, leaseMs: 1_000_000 });
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return taken;
    };
    worker({ handle }, { inbox: faulty({ take }) });
    await record('c1');
    await pass(LEASE_MS + POLL_MS * 2);
    expect(codes()).toEqual(['inbox_unavailable']);
    await record('c2');
    await pass(10);
    expect(settled).toEqual([['c2:ringing', true]]);
    answer();
    await pass(10);
    expect(settled).toContainEqual(['c1:ringing', true]);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('when asked to renew: the signal is aborted in time, nothing is taken, and it is asked again', async () => {
    const seen: string[] = [];
    const reasons: unknown[] = [];
    let isHanging = true;
    const renew: Inbox['renew'] = (leases, leaseMs) =>
      isHanging ? new Promise(() => {}) : inbox.renew(leases, leaseMs);
    const handle: Handle = ({ callId }, { signal }) => {
      seen.push(callId);
      if (callId === 'c2') return undefined;
      signal.addEventListener('abort', () => reasons.push(signal.reason.code));
      return new Promise((resolve) => setTimeout(resolve, LEASE_MS * 3));
    };
    worker({ handle }, { inbox: faulty({ renew }) });
    await record('c1');
    await pass(LEASE_MS - 1);
    expect(reasons).toEqual(['lease_lost']);
    await record('c2');
    await pass(LEASE_MS);
    expect(seen).toEqual(['c1']);
    isHanging = false;
    await pass(LEASE_MS / 2);
    expect(seen).toEqual(['c1', 'c2']);
    await pass(LEASE_MS);
    expect(settled).toContainEqual(['c1:ringing', true]);
  });
});

describe('an event whose lease ended while it ran here', () => {
  it('is not run a second time beside it, when its inbox gives it out again', async () => {
    const seen: string[] = [];
    let end = (): void => {};
    // It says that leases are kept, and does not keep them.
    const renew: Inbox['renew'] = async () => [];
    const handle: Handle = ({ callId }) => {
      seen.push(callId);
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    };
    worker({ handle }, { inbox: faulty({ renew }) });
    await record('c1');
    await pass(LEASE_MS * 8);
    expect(seen).toEqual(['c1']);
    end();
    await pass(10);
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('is finished with its new lease, when the inbox had failed to hear that it was done', async () => {
    let isDown = true;
    const handle = vi.fn();
    const finish: Inbox['finish'] = async (lease) => {
      if (isDown) throw new Error('away');
      return inbox.finish(lease);
    };
    worker({ handle }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(LEASE_MS * 3);
    isDown = false;
    await pass(LEASE_MS);
    expect(handle).toHaveBeenCalledOnce();
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it('is finished with its new lease, when the old one is answered in between', async () => {
    const handle = vi.fn();
    let isSlow = true;
    const finish: Inbox['finish'] = async (lease) => {
      if (isSlow) {
        isSlow = false;
        await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 2));
      }
      return inbox.finish(lease);
    };
    worker({ handle }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(LEASE_MS * 3);
    expect(handle).toHaveBeenCalledOnce();
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(codes()).toEqual([]);
  });
});

describe('a result that does not count', () => {
  it('is no retry', async () => {
    worker({ handle: () => Promise.reject(new Error('no')) }, { inbox: faulty({ fail: async () => 'lost' }) });
    await record('c1');
    await pass(10);
    expect(codes()).toEqual(['handler_failed handle', 'lease_lost']);
  });
});
