import { describe, expect, it, vi } from 'vitest';
import {
  codes,
  deferred,
  errors,
  type Handle,
  inbox,
  LEASE_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';

/** What a process that dies leaves behind: events that were taken, with `begin` or without. */
async function die({ begun = false, times = 1 } = {}): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (const suspect of [false, true]) {
      const { jobs } = await inbox.take({ limit: 64, leaseMs: 10, owner: 'a process that dies', suspect });
      if (begun) for (const { lease } of jobs) await inbox.begin(lease, { retryInMs: 10 });
    }
    await pass(25);
  }
}

describe('suspects', () => {
  it('count no attempt whose handlers never began', async () => {
    await record('c1');
    await die({ times: 20 });
    const attempts: number[] = [];
    worker({ handle: (_event, { attempt }) => attempts.push(attempt) }, { retry: { attempts: 1 } });
    await pass(10);
    expect(attempts).toEqual([1]);
    expect(codes()).toEqual([]);
  });

  it('run one at a time, with nothing beside them, and all others after them', async () => {
    for (const callId of ['s1', 's2']) await record(callId);
    await die();
    for (const callId of ['c1', 'c2']) await record(callId);
    const running = new Set<string>();
    const beside: string[] = [];
    const handle: Handle = async ({ callId }) => {
      running.add(callId);
      if ([...running].some((id) => id.startsWith('s'))) beside.push([...running].join(' '));
      // A suspect takes longer than the next one waits for what runs.
      await new Promise((resolve) => setTimeout(resolve, callId.startsWith('s') ? 1500 : 100));
      running.delete(callId);
    };
    worker({ handle });
    await pass(10_000);
    expect(beside).toEqual(['s1', 's2']);
    expect(settled).toHaveLength(4);
  });

  it('let others run after two seconds, and half of the time', async () => {
    for (const callId of ['s1', 's2', 's3']) await record(callId);
    await die();
    const seen: string[] = [];
    const slow: Handle = async ({ callId }) => {
      seen.push(callId);
      await new Promise((resolve) => setTimeout(resolve, callId.startsWith('s') ? 10_000 : 1));
    };
    worker({ slow });
    for (let second = 0; second < 12; second++) {
      await record(`c${second}`);
      await pass(1000);
    }
    const others = seen.filter((callId) => callId.startsWith('c'));
    expect(others.length).toBeGreaterThanOrEqual(8);
    expect(seen.filter((callId) => callId.startsWith('s'))).toEqual(['s1', 's2', 's3']);
  });

  it('wait for what runs, but not for what hangs', async () => {
    const hanging = deferred();
    const seen: string[] = [];
    const handle: Handle = async ({ callId }) => {
      seen.push(callId);
      if (callId === 'hanging') await hanging.promise;
    };
    worker({ handle });
    await record('hanging');
    await pass(10);
    await record('s1');
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 10, owner: 'a process that dies' });
    // The worker may have been faster.
    expect(jobs.length + seen.length).toBe(2);
    await pass(3000);
    expect(seen).toContain('s1');
    hanging.resolve();
    await pass(1000);
    expect(settled).toContainEqual(['hanging:ringing', true]);
  });

  it('become dead letters when too many attempts that began had no result, with the numbers', async () => {
    await record('c1');
    await die();
    await die({ begun: true, times: 8 });
    const handle = vi.fn();
    worker({ handle }, { retry: { attempts: 3 } });
    await pass(100);
    expect(handle).not.toHaveBeenCalled();
    expect(codes()).toEqual(['dead_letter']);
    expect(errors[0]?.message).toMatch(/8 times an attempt began and had no result: the process died/);
    expect((await inbox.deadLetters.get('c1:ringing'))?.error).toMatch(
      /not tried again.*8 times.*event loop was blocked/,
    );
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('have a larger budget than failures', async () => {
    await record('c1');
    await die();
    await die({ begun: true, times: 19 });
    const handle = vi.fn();
    worker({ handle }, { retry: { attempts: 10, backoff: () => 0 } });
    await pass(100);
    expect(handle).toHaveBeenCalledOnce();
    expect(codes()).toEqual([]);
  });

  it('are marked before their handlers are called, and not called when another worker has them', async () => {
    await record('c1');
    await die();
    const handle = vi.fn();
    const begin = vi.fn(async () => 'lost' as const);
    worker(
      { handle },
      { inbox: new Proxy(inbox, { get: (target, name) => (name === 'begin' ? begin : bound(target, name)) }) },
    );
    await pass(10);
    expect(begin).toHaveBeenCalledOnce();
    expect(handle).not.toHaveBeenCalled();
    expect(codes()).toEqual(['lease_lost']);
  });

  it('name the failures too when they fail in the end', async () => {
    await record('c1');
    await die();
    await die({ begun: true, times: 1 });
    worker({ handle: () => Promise.reject(new Error('no')) }, { retry: { attempts: 1 } });
    await pass(LEASE_MS);
    expect((await inbox.deadLetters.get('c1:ringing'))?.error).toMatch(/^Error: no \[Once an attempt began/);
  });
});

function bound(target: object, name: string | symbol): unknown {
  const value = target[name as never] as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}
