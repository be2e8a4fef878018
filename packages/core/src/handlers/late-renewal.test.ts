import { describe, expect, it, vi } from 'vitest';
import { errors, faulty, type Handle, inbox, LEASE_MS, pass, record, worker } from '../../test/worker-subject.ts';
import type { Inbox } from '../inbox/inbox.ts';

vi.mock('../timer.ts', () => import('../../test/global-timers.ts'));

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
