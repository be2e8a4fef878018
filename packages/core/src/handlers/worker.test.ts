import { describe, expect, it, vi } from 'vitest';
import {
  codes,
  deferred,
  faulty,
  type Handle,
  inbox,
  log,
  POLL_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import type { HandlerContext } from '../handlers.ts';
import type { Lease } from '../inbox/inbox.ts';

describe('handling', () => {
  it('calls the handlers of an event in order, also asynchronous ones, and finishes it', async () => {
    const seen: string[] = [];
    worker({
      async first({ id }) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(`first ${id}`);
      },
      second: ({ id, transition }) => seen.push(`second ${id} ${transition}`),
    });
    await record('c1');
    await pass(10);
    expect(seen).toEqual(['first c1:ringing', 'second c1:ringing advance']);
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  it.each([
    ['an error whose message is no text', () => Object.assign(new Error('x'), { message: Object.create(null) })],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ])('survives a handler that throws %s', async (_, thrown) => {
    worker(
      {
        broken() {
          throw thrown() as Error;
        },
      },
      { retry: { attempts: 1 } },
    );
    await record('c1');
    await pass(10);
    expect((await inbox.deadLetters.list()).rows).toMatchObject([{ error: 'The thrown value cannot be shown.' }]);
  });

  it('tells the inbox what was done while it failed for longer than a lease, before it takes anything', async () => {
    let isDown = false;
    const end = deferred();
    const seen: string[] = [];
    const orDown = (name: 'take' | 'finish' | 'renew') =>
      ((...args: unknown[]) =>
        isDown
          ? Promise.reject(new Error('down'))
          : (inbox[name] as (...args: unknown[]) => unknown)(...args)) as never;
    const handle: Handle = ({ callId }) => {
      seen.push(callId);
      return end.promise;
    };
    const down = faulty({ take: orDown('take'), finish: orDown('finish'), renew: orDown('renew') });
    worker({ handle }, { inbox: down, leaseMs: 1000, pollMs: 300 });
    await record('c1');
    await pass(250);
    isDown = true;
    end.resolve();
    // It looks for jobs before it reports the result again.
    await pass(16 * 300 + 10);
    isDown = false;
    await pass(1000);
    expect(seen).toEqual(['c1']);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_recovered']);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('runs other handlers while results are reported to the inbox, however slow it is', async () => {
    const told = deferred();
    const seen: string[] = [];
    const finish = async (lease: Lease) => {
      await told.promise;
      return inbox.finish(lease);
    };
    worker({ handle: ({ id }) => seen.push(id) }, { inbox: faulty({ finish }), concurrency: 1 });
    for (const callId of ['c1', 'c2', 'c3']) await record(callId);
    await pass(10);
    expect(seen).toEqual(['c1:ringing', 'c2:ringing', 'c3:ringing']);
    expect(settled).toEqual([]);
    told.resolve();
    await pass(10);
    expect(settled).toHaveLength(3);
  });

  it('finishes events without handlers', async () => {
    worker({});
    await record('c1');
    await pass(1);
    expect(settled).toEqual([['c1:ringing', true]]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('keeps the order of a call while other calls go on, and its concurrency', async () => {
    const [seen, slow] = [[] as string[], deferred()];
    worker(
      {
        async onStatus({ id }) {
          seen.push(id);
          if (id === 'c1:queued') await slow.promise;
        },
      },
      { concurrency: 2 },
    );
    await record('c1', 'queued');
    await record('c1', 'completed');
    for (const callId of ['c2', 'c3', 'c4']) await record(callId);
    await pass(10);
    expect(seen).toEqual(['c1:queued', 'c2:ringing', 'c3:ringing', 'c4:ringing']);
    slow.resolve();
    await pass(10);
    expect(seen.at(-1)).toBe('c1:completed');
  });

  it('takes no more than it may run', async () => {
    const never = deferred();
    const seen: string[] = [];
    const onStatus: Handle = ({ id }) => {
      seen.push(id);
      return never.promise;
    };
    worker({ onStatus }, { concurrency: 2 });
    for (const callId of ['c1', 'c2', 'c3']) await record(callId);
    await pass(POLL_MS * 3);
    expect(seen).toEqual(['c1:ringing', 'c2:ringing']);
    expect(await inbox.counts()).toMatchObject({ waiting: 1, running: 2 });
    never.resolve();
    await pass(1);
    expect(seen).toHaveLength(3);
  });

  it('calls no handler in the turn of the record, nor before the answer has left', async () => {
    const answer = deferred();
    const handle = vi.fn();
    worker({ handle }, { beforeHandling: (eventId) => (eventId === 'c1:ringing' ? answer.promise : undefined) });
    await pass(1);
    await record('c1');
    await record('c2');
    await Promise.resolve();
    expect(handle).not.toHaveBeenCalled();
    await pass(1);
    expect(handle.mock.calls.map(([{ callId }]) => callId)).toEqual(['c2']);
    answer.resolve();
    await pass(1);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('gives handlers their context', async () => {
    const request = { url: '/voice' };
    const contexts: HandlerContext[] = [];
    const logged = { ...log };
    worker(
      {
        onStatus(_event, context) {
          contexts.push(context);
          if (context.attempt === 1) throw new Error('once');
        },
      },
      { requestOf: (eventId) => (eventId === 'c1:ringing' ? request : undefined), log: logged },
    );
    await record('c1');
    await pass(200);
    const [first, second] = contexts as [HandlerContext, HandlerContext];
    expect(first.request).toBe(request);
    expect(second.request).toBeUndefined();
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(first.log).toBe(logged);
    expect(first.signal.aborted).toBe(false);
    expect(first.signal).toBe(first.signal);
    const { call } = second;
    expect(await call()).toMatchObject({ callId: 'c1', status: 'ringing', events: [{ id: 'c1:ringing' }] });
  });

  it('describes the call only by the event when the inbox has forgotten it', async () => {
    const found = deferred<unknown>();
    worker(
      { onStatus: async (_event, { call }) => found.resolve(await call()) },
      { inbox: faulty({ getCall: async () => undefined }) },
    );
    await record('c1');
    await pass(1);
    expect(await found.promise).toMatchObject({ callId: 'c1', status: 'ringing', events: [{ id: 'c1:ringing' }] });
  });

  it('finds jobs without a hint', async () => {
    const handle = vi.fn();
    worker({ handle }, { inbox: faulty({ onJobs: () => () => {} }) });
    await pass(POLL_MS / 2);
    await record('c1');
    await pass(POLL_MS);
    expect(handle).toHaveBeenCalledOnce();
  });

  it('starts once, and again after it was stopped', async () => {
    const handle = vi.fn();
    const made = worker({ handle });
    made.start();
    const stopping = made.stop(1000);
    await pass(1);
    await stopping;
    await record('c1');
    await pass(POLL_MS * 2);
    expect(handle).not.toHaveBeenCalled();
    made.start();
    await pass(1);
    expect(handle).toHaveBeenCalledOnce();
  });
});
