import { describe, expect, it, vi } from 'vitest';
import {
  codes,
  deferred,
  errors,
  faulty,
  type Handle,
  inbox,
  LEASE_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import type { Inbox, Lease } from '../inbox/inbox.ts';

describe('leases', () => {
  it('renews them while handlers run, and has no timer for it afterwards', async () => {
    const slow = deferred();
    const handle = vi.fn(() => slow.promise);
    worker({ handle });
    worker({ handle });
    await record('c1');
    await pass(LEASE_MS * 5);
    expect(handle).toHaveBeenCalledOnce();
    slow.resolve();
    await pass(LEASE_MS + 10);
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(errors).toEqual([]);
    // The two that look for jobs.
    expect(vi.getTimerCount()).toBe(2);
  });

  it('aborts the signal before a lease that it cannot renew has run out, and takes nothing until it can', async () => {
    const [slow, reasons] = [deferred(), [] as unknown[]];
    const calls: string[] = [];
    let isDown = true;
    const renew: Inbox['renew'] = async (leases, leaseMs) => {
      if (isDown) throw new Error('away');
      return inbox.renew(leases, leaseMs);
    };
    worker(
      {
        async handle({ callId }, { signal }) {
          calls.push(callId);
          if (callId === 'c2') return;
          signal.addEventListener('abort', () => reasons.push(signal.reason));
          await slow.promise;
        },
        after: ({ callId }) => calls.push(`after ${callId}`),
      },
      { inbox: faulty({ renew }) },
    );
    await record('c1');
    await pass(LEASE_MS - 1);
    expect(reasons).toMatchObject([{ code: 'lease_lost', details: { eventId: 'c1:ringing', attempt: 1 } }]);
    expect(new Set(codes())).toEqual(new Set(['inbox_unavailable', 'lease_lost']));
    await record('c2');
    await pass(LEASE_MS * 5);
    expect(calls).toEqual(['c1']);
    isDown = false;
    await pass(LEASE_MS / 3);
    expect(calls).toEqual(['c1', 'c2', 'after c2']);
    // Nothing else has taken it, so it goes on.
    slow.resolve();
    await pass(1);
    expect(calls.at(-1)).toBe('after c1');
    expect(settled).toContainEqual(['c1:ringing', true]);
    expect(codes().filter((code) => code === 'lease_lost')).toHaveLength(1);
  });

  it('leaves an event to the worker that took it over; what its handler does then does not count', async () => {
    const slow = deferred();
    const reasons: unknown[] = [];
    const renew: Inbox['renew'] = async (leases) => {
      // Another worker, after this one was away for longer than the lease.
      await inbox.release(leases[0] as Lease);
      await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another' });
      return inbox.renew(leases, LEASE_MS);
    };
    worker(
      {
        async handle(_event, { signal }) {
          signal.addEventListener('abort', () => reasons.push(signal.reason));
          await slow.promise;
        },
        never: () => expect.unreachable(),
      },
      { inbox: faulty({ renew }) },
    );
    await record('c1');
    await pass(LEASE_MS / 2);
    expect(codes()).toEqual(['lease_lost']);
    expect(reasons).toEqual([errors[0]]);
    slow.reject(new Error('aborted'));
    await pass(1);
    expect(codes()).toEqual(['lease_lost']);
    expect(settled).toEqual([['c1:ringing', false]]);
    expect(await inbox.counts()).toMatchObject({ running: 1 });
  });

  it('gives back an event whose handler stopped because its lease could not be renewed, and counts nothing', async () => {
    const attempts: number[] = [];
    let isDown = true;
    const renew: Inbox['renew'] = async (leases, leaseMs) => {
      if (isDown) throw new Error('away');
      return inbox.renew(leases, leaseMs);
    };
    worker(
      {
        handle: (_event, { attempt, signal }) => {
          attempts.push(attempt);
          if (attempts.length > 1) return undefined;
          return new Promise((_, stop) => signal.addEventListener('abort', stop));
        },
      },
      { inbox: faulty({ renew }), retry: { attempts: 1, backoff: () => 500 } },
    );
    await record('c1');
    await pass(LEASE_MS);
    isDown = false;
    await pass(LEASE_MS);
    expect(attempts).toEqual([1, 1]);
    expect(codes()).not.toContain('handler_failed');
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  it('has an aborted signal for a handler that asks late', async () => {
    const [slow, asked] = [deferred(), deferred<AbortSignal>()];
    const lost: Inbox['renew'] = async (leases) => leases;
    worker(
      {
        async handle(_event, context) {
          await slow.promise;
          asked.resolve(context.signal);
        },
      },
      { inbox: faulty({ renew: lost }) },
    );
    await record('c1');
    await pass(LEASE_MS / 3 + 1);
    slow.resolve();
    const signal = await asked.promise;
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'lease_lost' });
    await pass(1);
    // The inbox has the last word.
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it('reports a result that came too late', async () => {
    const slow = deferred();
    const renew: Inbox['renew'] = async () => [];
    worker({ handle: () => slow.promise }, { inbox: faulty({ renew, health: async () => ({ due: 0 }) as never }) });
    await record('c1');
    await pass(LEASE_MS + 1);
    const other = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    expect(other.jobs).toHaveLength(1);
    slow.resolve();
    await pass(1);
    expect(codes()).toEqual(['lease_lost']);
    expect(settled).toEqual([['c1:ringing', false]]);
    expect(await inbox.counts()).toMatchObject({ running: 1 });
  });

  it('believes the answer to a result rather than a renewal that crossed it', async () => {
    const [slow, crossing, finishing] = [deferred(), deferred<readonly Lease[]>(), deferred()];
    const leases: Lease[] = [];
    worker(
      { handle: () => slow.promise },
      {
        inbox: faulty({
          renew: (asked) => {
            leases.push(...asked);
            return crossing.promise;
          },
          async finish(lease) {
            if (lease.eventId === 'c1:ringing') await finishing.promise;
            return inbox.finish(lease);
          },
        }),
      },
    );
    await record('c1');
    await record('c2');
    await pass(LEASE_MS / 3);
    slow.resolve();
    await pass(1);
    expect(settled).toEqual([['c2:ringing', true]]);
    crossing.resolve(leases);
    await pass(1);
    finishing.resolve();
    await pass(1);
    expect(leases).toHaveLength(2);
    expect(settled).toContainEqual(['c1:ringing', true]);
    expect(errors).toEqual([]);
  });
});

describe('a renewal', () => {
  it('that is answered after a newer one changes nothing, and one that is answered too late saves nothing', async () => {
    const answers: ((failure?: Error) => void)[] = [];
    const reasons: string[] = [];
    const renew: Inbox['renew'] = (leases, leaseMs) =>
      new Promise((resolve, reject) => {
        answers.push((failure) => (failure ? reject(failure) : resolve(inbox.renew(leases, leaseMs))));
      });
    const handle: Handle = (_event, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason.code));
      return new Promise(() => {});
    };
    worker({ handle }, { inbox: faulty({ renew }) });
    await record('c1');
    await pass(LEASE_MS * 0.75);
    expect(answers).toHaveLength(2);
    answers[1]?.();
    await pass(1);
    errors.length = 0;
    answers[0]?.(new Error('too late'));
    await pass(1);
    expect(errors).toEqual([]);
    await pass(LEASE_MS * 2);
    expect(reasons).toEqual(['lease_lost']);
    for (const answer of answers.slice(2, 4).reverse()) answer();
    await pass(1);
    expect(reasons).toEqual(['lease_lost']);
  });
});
