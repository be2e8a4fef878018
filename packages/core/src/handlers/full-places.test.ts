import { describe, expect, it, vi } from 'vitest';
import { codes, errors, faulty, pass, record, worker } from '../../test/worker-subject.ts';

vi.mock('../timer.ts', () => import('../../test/global-timers.ts'));

describe('a worker whose places are all taken', () => {
  it('says once what occupies them while events wait, and again after it recovered', async () => {
    let ends: (() => void)[] = [];
    const hang = () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
      });
    worker({ 'onStatus:slow': hang }, { concurrency: 2 });
    for (const callId of ['c1', 'c2']) await record(callId);
    await pass(10_000);
    expect(codes()).toEqual([]);
    await record('c3');
    await pass(2000);
    expect(codes()).toEqual(['worker_full']);
    expect(errors[0]?.message).toMatch(/1 events wait; acme: onStatus:slow runs 2 times, for up to 1[12] s/);
    await pass(60_000);
    expect(codes()).toEqual(['worker_full']);
    const running = ends;
    ends = [];
    for (const end of running) end();
    await pass(2000);
    for (const callId of ['c4', 'c5', 'c6']) await record(callId);
    await pass(5000);
    expect(codes()).toEqual(['worker_full', 'worker_full']);
  });

  it('names the most frequent handlers first', async () => {
    const hang = () => new Promise(() => {});
    worker({ one: hang }, { concurrency: 3, handlersFor: ({ callId }) => [{ name: `onStatus:${callId}`, run: hang }] });
    for (const status of ['queued', 'ringing'] as const) await record('rare', status);
    for (const tenant of ['1', '2', '3']) await record('often', 'ringing', tenant);
    await pass(5000);
    expect(errors[0]?.message).toMatch(/onStatus:often runs 2 times.*onStatus:rare runs 1 times/);
  });

  it('says nothing while handlers are quick', async () => {
    const brief = () => new Promise((resolve) => setTimeout(resolve, 1500));
    worker({ brief }, { concurrency: 1 });
    for (let call = 0; call < 10; call++) await record(`c${call}`);
    await pass(12_000);
    expect(codes()).toEqual([]);
  });

  it('leaves it to others to say that the inbox fails', async () => {
    const health = () => Promise.reject(new Error('away'));
    worker({ slow: () => new Promise(() => {}) }, { concurrency: 1, inbox: faulty({ health }) });
    for (const callId of ['c1', 'c2']) await record(callId);
    await pass(10_000);
    expect(codes()).toEqual([]);
  });
});
