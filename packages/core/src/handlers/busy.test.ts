// A thread that was busy, or a process that was suspended, for longer than its leases.
import { describe, expect, it } from 'vitest';
import {
  codes,
  deferred,
  errors,
  faulty,
  type Handle,
  inbox,
  jump,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import type { Inbox, Lease } from '../inbox/inbox.ts';

const LEASE_MS = 1000;

/** A handler that waits, and what was called. */
function waiting() {
  const end = deferred();
  const seen: string[] = [];
  const handle: Handle = ({ callId }) => {
    seen.push(callId);
    return callId === 'c1' ? end.promise : undefined;
  };
  return { end, seen, handle };
}

describe('after a long pause', () => {
  it('leases are renewed before anything is taken, and what runs here goes on', async () => {
    const { end, seen, handle } = waiting();
    worker({ handle }, { leaseMs: LEASE_MS });
    await record('c1');
    await pass(10);
    jump(5000);
    await record('c2');
    await pass(LEASE_MS * 2);
    expect(seen).toEqual(['c1', 'c2']);
    end.resolve();
    await pass(10);
    expect(settled).toHaveLength(2);
    expect(codes()).toEqual([]);
  });

  it('the signal is aborted if another worker has the event, and the cause is named', async () => {
    const { end, handle } = waiting();
    worker({ handle }, { leaseMs: LEASE_MS });
    await record('c1');
    await pass(10);
    jump(5000);
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    expect(jobs).toHaveLength(1);
    await pass(LEASE_MS / 2);
    expect(codes()).toEqual(['lease_lost']);
    expect(errors[0]?.message).toMatch(/event loop was blocked, or the process suspended, for 50\d\d ms/);
    end.resolve();
    await pass(10);
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('an event that another worker gives up in the end tells of both', async () => {
    const { handle } = waiting();
    worker({ handle }, { leaseMs: LEASE_MS, handlerTimeoutMs: 60_000, retry: { attempts: 1 } });
    await record('c1');
    await pass(10);
    jump(5000);
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    await pass(LEASE_MS / 2);
    await inbox.release((jobs[0] as { lease: Lease }).lease);
    await pass(70_000);
    expect(codes()).toEqual(['lease_lost']);
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('nothing is taken before the leases are renewed, which may take long', async () => {
    const { seen, handle } = waiting();
    const renewing = deferred();
    const renew: Inbox['renew'] = async (leases, leaseMs) => {
      await renewing.promise;
      return inbox.renew(leases, leaseMs);
    };
    worker({ handle }, { leaseMs: LEASE_MS, inbox: faulty({ renew }) });
    await record('c1');
    await pass(10);
    jump(5000);
    await record('c2');
    await pass(LEASE_MS / 4);
    expect(seen).toEqual(['c1']);
    renewing.resolve();
    await pass(LEASE_MS * 2);
    expect(seen).toEqual(['c1', 'c2']);
  });

  it('a renewal that hangs then keeps it from taking, until another is answered', async () => {
    const { seen, handle } = waiting();
    let isHanging = true;
    let answer = (_lost: readonly Lease[]): void => {};
    const renew: Inbox['renew'] = (leases, leaseMs) => {
      if (!isHanging) return inbox.renew(leases, leaseMs);
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    worker({ handle }, { leaseMs: LEASE_MS, inbox: faulty({ renew }) });
    await record('c1');
    await pass(10);
    jump(5000);
    await record('c2');
    await pass(LEASE_MS * 3);
    expect(seen).toEqual(['c1']);
    isHanging = false;
    await pass(LEASE_MS);
    expect(seen).toEqual(['c1', 'c2']);
    // Too late to be believed.
    answer([]);
    await pass(LEASE_MS);
    expect(codes().filter((code) => code === 'lease_lost')).toHaveLength(1);
  });

  it('an event that failed elsewhere meanwhile is not run beside its own attempt here', async () => {
    const { end, seen, handle } = waiting();
    worker({ handle }, { leaseMs: LEASE_MS });
    await record('c1');
    await pass(10);
    jump(5000);
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    await inbox.fail((jobs[0] as { lease: Lease }).lease, { error: 'no', doneHandlers: [], retryInMs: 200 });
    await pass(LEASE_MS * 3);
    expect(seen).toEqual(['c1']);
    end.resolve();
    await pass(10);
    expect(settled).toEqual([['c1:ringing', true]]);
  });
});
