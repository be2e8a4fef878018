import { describe, expect, it } from 'vitest';
import type { Job } from '../inbox/inbox.ts';
import { Interruptions } from './interruptions.ts';

function job(id: string, { attempt = 1, interruptions = 0 } = {}): Job {
  return { event: { id }, attempt, interruptions } as Job;
}

describe('Interruptions', () => {
  it('say what happened, with numbers: here by cause, elsewhere, and of the handlers', () => {
    const all = new Interruptions();
    expect(all.describe(job('c1'))).toBeUndefined();
    all.lost('c1');
    expect(all.describe(job('c1'))).toBe('Once this process lost the lease: Another worker took it.');
    all.lost('c1', 'It was suspended for 7 ms.', true);
    all.lost('c1', 'It was suspended for 12 ms.', true);
    expect(all.describe(job('c1', { interruptions: 2 }))).toBe(
      'Once this process lost the lease: Another worker took it. 2 times this process lost the lease: It was suspended for 12 ms.',
    );
    expect(all.describe(job('c1', { attempt: 3, interruptions: 5 }))).toMatch(
      /^3 times an attempt began and had no result: the process died .* Once this process .* 2 times this process .* Its handlers failed 2 times\.$/,
    );
    all.forget('c1');
    all.forget('c1');
    expect(all.describe(job('c1'))).toBeUndefined();
  });

  it('forget the oldest of too many', () => {
    const all = new Interruptions();
    for (let call = 0; call <= 1000; call++) all.lost(`c${call}`);
    expect([all.describe(job('c0')), all.describe(job('c1'))]).toEqual([undefined, expect.any(String)]);
  });
});
