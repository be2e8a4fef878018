import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallStatusError } from './errors.ts';
import { type AnyCallStatusEvent, type CallStatus, isTerminal } from './event.ts';
import type { HandlerContext } from './handlers.ts';
import type { Inbox, Lease, Unrecorded } from './inbox.ts';
import { memoryInbox } from './memory-inbox.ts';
import type { RetryOptions } from './retry.ts';
import { createWorker, type Worker, type WorkerOptions } from './worker.ts';

vi.mock('./timer.ts', () => import('../test/global-timers.ts'));

const LEASE_MS = 15_000;
const POLL_MS = 1000;
const log = { info() {}, warn() {}, error() {} };

type Handle = (event: AnyCallStatusEvent, context: HandlerContext) => unknown;

let workers: Worker[];
let inbox: Inbox;
let errors: CallStatusError[];
let settled: [string, boolean][];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  workers = [];
  inbox = memoryInbox();
  errors = [];
  settled = [];
});
afterEach(async () => {
  for (const worker of workers) {
    const stopped = worker.stop(0);
    await pass(1);
    await stopped;
  }
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function worker(
  handlers: Record<string, Handle>,
  more: Partial<WorkerOptions> & { retry?: RetryOptions } = {},
): Worker {
  const list = Object.entries(handlers).map(([name, run]) => ({ name, run }));
  const made = createWorker({
    inbox,
    handlersFor: () => list,
    retryFor: () => more.retry ?? { attempts: 3, backoff: (attempt) => attempt * 100 },
    owner: 'test',
    clock: Date.now,
    log,
    onError: (error) => errors.push(error),
    beforeHandling: () => undefined,
    requestOf: () => undefined,
    settled: (eventId, handled) => settled.push([eventId, handled]),
    ...more,
  });
  workers.push(made);
  made.start();
  return made;
}

function event(callId: string, status: CallStatus): Unrecorded {
  return {
    provider: 'acme',
    id: `${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date().toISOString(),
    trust: 'none',
    raw: {},
  };
}

const record = (callId: string, status: CallStatus = 'ringing') => inbox.record(event(callId, status));

/** The same inbox, of which some methods do something else: how a store fails, or is slow. */
function faulty(faults: Partial<Inbox>): Inbox {
  return new Proxy(inbox, {
    get(target, name) {
      const value = faults[name as keyof Inbox] ?? target[name as keyof Inbox];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A promise, and the functions that settle it. */
function deferred<Value = void>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (cause: unknown) => void = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const codes = () => errors.map(({ code, details: { handler } }) => (handler ? `${code} ${handler}` : code));

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
    expect((await inbox.deadLetters.list()).rows).toMatchObject([{ error: 'What was thrown cannot be shown.' }]);
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
    // The next look for work comes before the next time that the result is told.
    await pass(16 * 300 + 10);
    isDown = false;
    await pass(1000);
    expect(seen).toEqual(['c1']);
    expect(new Set(codes())).toEqual(new Set(['inbox_unavailable']));
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('does not take what runs here, though its thread was busy for longer than a lease', async () => {
    const end = deferred();
    const seen: string[] = [];
    worker(
      {
        handle: ({ callId }) => {
          seen.push(callId);
          return end.promise;
        },
      },
      { leaseMs: 1000 },
    );
    await record('c1');
    await pass(10);
    vi.setSystemTime(Date.now() + 5000);
    await record('c2');
    await pass(10);
    end.resolve();
    await pass(10);
    expect(seen).toEqual(['c1', 'c2']);
    expect(codes()).toEqual([]);
  });

  it('runs other handlers while the inbox is told of those that are done, however slow it is', async () => {
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

  it('tells of the call by the event alone when the inbox has forgotten it', async () => {
    const found = deferred<unknown>();
    worker(
      { onStatus: async (_event, { call }) => found.resolve(await call()) },
      { inbox: faulty({ call: async () => undefined }) },
    );
    await record('c1');
    await pass(1);
    expect(await found.promise).toMatchObject({ callId: 'c1', status: 'ringing', events: [{ id: 'c1:ringing' }] });
  });

  it('finds work of which it got no hint', async () => {
    const handle = vi.fn();
    worker({ handle }, { inbox: faulty({ onWork: () => () => {} }) });
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

describe('failing', () => {
  it('tries again after the pause, and calls only the handlers that failed', async () => {
    const seen: string[] = [];
    const failure = new Error('the database is away');
    worker({
      before: (_event, { attempt }) => seen.push(`before ${attempt}`),
      failing: (_event, { attempt }) => {
        seen.push(`failing ${attempt}`);
        if (attempt < 3) throw failure;
      },
      after: (_event, { attempt }) => seen.push(`after ${attempt}`),
    });
    await record('c1');
    await pass(99);
    expect(seen).toEqual(['before 1', 'failing 1', 'after 1']);
    expect(settled).toEqual([['c1:ringing', false]]);
    await pass(2);
    expect(seen.slice(3)).toEqual(['failing 2']);
    await pass(210);
    expect(seen.slice(4)).toEqual(['failing 3']);
    expect(codes()).toEqual(['handler_failed failing', 'handler_failed failing']);
    expect(errors[1]?.details).toEqual({ provider: 'acme', eventId: 'c1:ringing', handler: 'failing', attempt: 2 });
    expect(errors[1]?.cause).toBe(failure);
    expect(settled.at(-1)).toEqual(['c1:ringing', true]);
  });

  it('buries the event after the last attempt, and the call goes on', async () => {
    const handle = vi.fn(({ status }: AnyCallStatusEvent) => {
      if (status === 'queued') throw new TypeError('no such customer');
    });
    worker({ handle });
    await record('c1', 'queued');
    await record('c1', 'completed');
    await pass(1000);
    expect(handle.mock.calls.map(([{ status }]) => status)).toEqual(['queued', 'queued', 'queued', 'completed']);
    expect(codes()).toEqual([...Array(3).fill('handler_failed handle'), 'dead_letter']);
    expect(errors.at(-1)).toMatchObject({
      details: { provider: 'acme', eventId: 'c1:queued', attempt: 3 },
      cause: { message: 'no such customer' },
    });
    const dead = await inbox.deadLetters.read('c1:queued');
    expect(dead).toMatchObject({ attempts: 3, error: 'TypeError: no such customer' });
  });

  it('stores a text for whatever was thrown', async () => {
    const thrown: Record<string, unknown> = { c1: 'a string', c2: Object.create(null), c3: undefined };
    const handle: Handle = ({ callId }) => {
      throw thrown[callId];
    };
    worker({ handle }, { retry: { attempts: 1 } });
    for (const callId of Object.keys(thrown)) await record(callId);
    await pass(1);
    const { rows } = await inbox.deadLetters.list();
    expect(rows.map(({ error }) => error).reverse()).toEqual([
      'a string',
      'What was thrown is no error.',
      'What was thrown is no error.',
    ]);
  });

  it('tries eight times with growing pauses unless told otherwise', async () => {
    const times: number[] = [];
    worker(
      {
        handle() {
          times.push(Date.now());
          throw new Error('always');
        },
      },
      { retry: {} },
    );
    await record('c1');
    await pass(76 * 60_000);
    expect(times).toHaveLength(8);
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
    for (const [index, pause] of pauses.entries()) {
      const longest = Math.min(2_700_000, 5000 * 3 ** index);
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
      expect(pause).toBeLessThanOrEqual(longest + 1);
    }
    expect((await inbox.counts()).dead).toBe(1);
  });

  it.each([
    ['throws', () => JSON.parse('{')],
    ['returns no number', () => Number.NaN],
  ])('falls back to the default pause when backoff %s', async (_what, backoff) => {
    const handle = vi.fn((_event: unknown, { attempt }: HandlerContext) => {
      if (attempt === 1) throw new Error('once');
    });
    worker({ handle }, { retry: { backoff } });
    await record('c1');
    await pass(5001);
    expect(codes()).toEqual(['handler_failed handle', 'invalid_options']);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('buries without another call what no attempt has brought to an end', async () => {
    await record('c1');
    for (let take = 0; take <= 8; take++) {
      const request = { limit: 1, leaseMs: 10, owner: 'a process that dies', suspect: take > 0 };
      for (const { lease } of (await inbox.take(request)).work) await inbox.begin(lease, { retryInMs: 0 });
      await pass(11);
    }
    const handle = vi.fn();
    worker({ handle });
    await pass(1);
    expect(handle).not.toHaveBeenCalled();
    expect(codes()).toEqual(['dead_letter']);
    expect((await inbox.deadLetters.read('c1:ringing'))?.error).toContain('No attempt came to an end');
    expect(settled).toEqual([['c1:ringing', false]]);
  });
});

describe('leases', () => {
  it('tells once of a handler that does not come to an end', async () => {
    worker({ onEnded: () => new Promise(() => {}) });
    await record('a', 'completed');
    await pass(299_000);
    expect(errors).toEqual([]);
    await pass(20_000);
    expect(errors.map(({ code }) => code)).toEqual(['handler_slow']);
  });

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
    // The two that look for work.
    expect(vi.getTimerCount()).toBe(2);
  });

  it('aborts the signal when a lease is lost; what the handler does then does not count', async () => {
    const slow = deferred();
    const contexts: HandlerContext[] = [];
    let isDown = true;
    const renew: Inbox['renew'] = async (leases, leaseMs) => {
      if (isDown) throw new Error('away');
      return inbox.renew(leases, leaseMs);
    };
    const reasons: unknown[] = [];
    worker(
      {
        async handle(_event, context) {
          contexts.push(context);
          context.signal.addEventListener('abort', () => reasons.push(context.signal.reason));
          await slow.promise;
        },
        never: () => expect.unreachable(),
      },
      { inbox: faulty({ renew }), concurrency: 1 },
    );
    await record('c1');
    await pass(LEASE_MS - 1);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_unavailable']);
    await pass(2);
    errors.length = 0;
    const taken = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    expect(taken.work).toMatchObject([{ attempt: 1, suspect: true }]);
    isDown = false;
    await pass(LEASE_MS / 3);
    expect(codes()).toEqual(['lease_lost']);
    expect(errors[0]?.details).toEqual({ provider: 'acme', eventId: 'c1:ringing', attempt: 1 });
    expect(reasons).toEqual([errors[0]]);
    expect(contexts[0]?.signal.aborted).toBe(true);
    await pass(LEASE_MS / 3);
    slow.reject(new Error('aborted'));
    await pass(1);
    expect(codes()).toEqual(['lease_lost']);
    expect(settled).toContainEqual(['c1:ringing', false]);
    await inbox.finish((taken.work[0] as { lease: Lease }).lease);
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
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('reports a result that came too late', async () => {
    const slow = deferred();
    const renew: Inbox['renew'] = async () => [];
    worker({ handle: () => slow.promise }, { inbox: faulty({ renew }), concurrency: 1 });
    await record('c1');
    await pass(LEASE_MS - 1);
    await pass(2);
    const other = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'another', suspect: true });
    expect(other.work).toHaveLength(1);
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

describe('an inbox that fails', () => {
  it('is asked for work again', async () => {
    let failures = 2;
    const handle = vi.fn();
    const take: Inbox['take'] = async (request) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.take(request);
    };
    worker({ handle }, { inbox: faulty({ take }) });
    await record('c1');
    await pass(POLL_MS - 1);
    expect(handle).not.toHaveBeenCalled();
    expect(codes()).toEqual(['inbox_unavailable']);
    await pass(POLL_MS * 2);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_unavailable']);
    expect(handle).toHaveBeenCalledOnce();
  });

  it('is told the result until it listens, without another call of the handler', async () => {
    let failures = 3;
    const handle = vi.fn();
    const finish: Inbox['finish'] = async (lease) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.finish(lease);
    };
    worker({ handle }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(POLL_MS * 4);
    expect(codes()).toEqual(Array(3).fill('inbox_unavailable'));
    expect(errors[0]?.details).toEqual({ provider: 'acme', eventId: 'c1:ringing' });
    expect(handle).toHaveBeenCalledOnce();
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it('buries nothing twice: the dead letter is reported once the inbox has it', async () => {
    let failures = 1;
    const fail: Inbox['fail'] = async (...given) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.fail(...given);
    };
    worker({ handle: () => Promise.reject(new Error('no')) }, { inbox: faulty({ fail }), retry: { attempts: 1 } });
    await record('c1');
    await pass(1);
    expect(codes()).toEqual(['handler_failed handle', 'inbox_unavailable']);
    await pass(POLL_MS);
    expect(codes().slice(2)).toEqual(['dead_letter']);
  });

  const own = new CallStatusError('inbox_full', { hint: 'Of the inbox.' }, { cause: new Error('SQLITE_FULL') });
  const newer = Object.assign(new Error('of a newer copy'), {
    name: 'CallStatusError',
    code: 'inbox_lazy',
    status: 503,
  });
  const where = { provider: 'acme', eventId: 'c1:ringing' };

  it.each([
    ['take', {}, 1],
    ['renew', {}, LEASE_MS / 3],
    ['finish', where, 1],
    ['fail', where, 1],
    ['release', where, 1],
  ] as const)('says why it failed to %s, in its own words where it has some', async (method, details, ms) => {
    for (const [thrown, code, cause, more] of [
      [own, own.code, own.cause, own.details],
      [new CallStatusError('handler_failed'), 'inbox_unavailable', { code: 'handler_failed' }, {}],
      [newer, 'inbox_unavailable', { code: 'inbox_lazy' }, {}],
      [new Error('away'), 'inbox_unavailable', { message: 'away' }, {}],
    ] as const) {
      inbox = memoryInbox();
      errors.length = 0;
      const slow = deferred();
      const handle = (): unknown => {
        if (method === 'fail') throw new Error('of the handler');
        return method === 'finish' ? undefined : slow.promise;
      };
      const made = worker({ handle }, { inbox: faulty({ [method]: () => Promise.reject(thrown) }) });
      await record('c1');
      await pass(ms);
      const stopping = made.stop(0);
      await pass(1);
      await stopping;
      const [failed] = errors.filter((error) => error.code !== 'handler_failed');
      expect(failed).toMatchObject({ code, cause });
      expect(failed?.details).toEqual({ ...details, ...more });
      slow.resolve();
      await pass(1);
    }
  });

  it('reports no dead letter that another worker has taken over', async () => {
    worker(
      { handle: () => Promise.reject(new Error('no')) },
      { inbox: faulty({ fail: async () => 'lost' }), retry: { attempts: 1 } },
    );
    await record('c1');
    await pass(1);
    expect(codes()).toEqual(['handler_failed handle', 'lease_lost']);
  });
});

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
    expect(await stopping).toEqual({ finished: 2, returned: 0 });
    expect(await inbox.counts()).toMatchObject({ waiting: 2, running: 0 });
    expect(vi.getTimerCount()).toBe(0);
    expect(await made.stop(1000)).toEqual({ finished: 0, returned: 0 });
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
    expect(await stopping).toEqual({ finished: 0, returned: 1 });
    expect(signals[0]?.reason).toMatchObject({ code: 'closed' });
    const { work } = await inbox.take({ limit: 1, leaseMs: LEASE_MS, owner: 'the next start' });
    expect(work).toMatchObject([{ attempt: 1 }]);
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
    expect(await stopping).toEqual({ finished: 0, returned: 1 });
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
    expect(await stopping).toEqual({ finished: 0, returned: 1 });
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
    expect(await stopping).toEqual({ finished: 0, returned: 0 });
    await pass(POLL_MS * 3);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_unavailable']);
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
    expect(await stopping).toEqual({ finished: 0, returned: 1 });
    finishing.resolve();
    await pass(1);
    expect(errors).toEqual([]);
    expect(settled).toEqual([['c1:ringing', false]]);
  });
});
