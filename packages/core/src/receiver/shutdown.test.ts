import { createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusError } from '../errors.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const silent = { info() {}, warn() {}, error() {} };

function callback(callId: string, status = 'completed') {
  return {
    method: 'POST',
    url: '/webhooks/voice',
    origin: 'http://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(`CallSid=${callId}&CallStatus=${status}`),
  };
}

describe('close()', () => {
  it('handles everything that waits in a memory inbox, even if more than run at once', async () => {
    const handled: string[] = [];
    const calls = createCallStatus({
      providers: [mycpaas()],
      concurrency: 2,
      log: silent,
      async onEnded({ callId }) {
        await sleep(1);
        handled.push(callId);
      },
    });
    await Promise.all(Array.from({ length: 20 }, (_, index) => calls.receive(callback(`CA${index}`))));
    expect(handled.length).toBeLessThan(20);
    await calls.close();
    expect(handled.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `CA${index}`).sort());
  });

  it('waits no longer than its deadline, and says what is lost', async () => {
    const errors: CallStatusError[] = [];
    let aborted = false;
    const calls = createCallStatus({
      providers: [mycpaas()],
      log: silent,
      onError: (error) => errors.push(error),
      onEnded: (_event, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            aborted = true;
          });
        }),
    });
    await calls.receive(callback('CA1'));
    await calls.close({ deadlineMs: 50 });
    expect(aborted).toBe(true);
    expect(errors.map(({ code }) => code)).toEqual(['events_lost']);
  });

  it.each([
    ['does not take work back', ['release'], ['events_lost']],
    ['does not close', ['close'], ['events_lost', 'inbox_unavailable']],
    ['does not say what is left', ['counts'], []],
    ['answers nothing', ['take', 'release', 'counts', 'close'], ['inbox_unavailable']],
  ] as const)('keeps its deadline though the inbox %s', async (_, methods, codes) => {
    const errors: string[] = [];
    const hanging = Object.fromEntries(methods.map((name) => [name, () => new Promise(() => {})]));
    const calls = createCallStatus({
      providers: [mycpaas()],
      inbox: Object.assign(memoryInbox(), hanging),
      log: silent,
      onError: ({ code }) => errors.push(code),
      onEnded: () => new Promise(() => {}),
    });
    await calls.receive(callback('CA1'));
    await sleep(20);
    const late = sleep(10_000, undefined, { ref: false }).then(() => expect.unreachable());
    await Promise.race([calls.close({ deadlineMs: 400 }), late]);
    expect(errors).toEqual(codes);
  });

  it('takes any deadline, also one longer than a timer can be', async () => {
    let done = false;
    const calls = createCallStatus({
      providers: [mycpaas()],
      log: silent,
      async onEnded() {
        await sleep(20);
        done = true;
      },
    });
    await calls.receive(callback('CA1'));
    await calls.close({ deadlineMs: Number.POSITIVE_INFINITY });
    expect(done).toBe(true);
  });

  it.each<[unknown, string]>([
    [{ deadlineMs: Number.NaN }, '`deadlineMs`: expected a number of milliseconds of at least 0, got NaN.'],
    [{ deadlineMs: '5000' }, "`deadlineMs`: expected a number of milliseconds of at least 0, got '5000'."],
    [{ deadlineMs: -1 }, '`deadlineMs`: expected a number of milliseconds of at least 0, got -1.'],
    [{ deadline: 5000 }, '`deadline` is no option; here it is `deadlineMs`.'],
    [{ deadlinems: 5000 }, '`deadlinems` is no option; did you mean `deadlineMs`? Known: deadlineMs.'],
    [5000, 'close(): expected an object of deadlineMs, got a number.'],
    [null, 'close(): expected an object of deadlineMs, got null.'],
  ])('reports the options %j, and waits as by default', async (options, issue) => {
    const errors: CallStatusError[] = [];
    let done = false;
    const calls = createCallStatus({
      providers: [mycpaas()],
      log: silent,
      onError: (error) => errors.push(error),
      async onEnded() {
        await sleep(20);
        done = true;
      },
    });
    await calls.receive(callback('CA1'));
    await calls.close(options as never);
    expect(done).toBe(true);
    const issues = [issue, 'close() uses the default, 10000 ms.'];
    expect(errors).toEqual([expect.objectContaining({ code: 'invalid_options', details: { issues } })]);
  });

  it('leaves what waits in a durable inbox', async () => {
    const inbox = Object.assign(memoryInbox(), { durable: true });
    const errors: CallStatusError[] = [];
    let counts: unknown;
    const close = inbox.close.bind(inbox);
    inbox.close = async () => {
      counts = await inbox.counts();
      await close();
    };
    const calls = createCallStatus({
      providers: [mycpaas()],
      inbox,
      worker: false,
      log: silent,
      onError: (error) => errors.push(error),
    });
    await calls.receive(callback('CA1'));
    await Promise.all([calls.close(), calls.close()]);
    expect(counts).toMatchObject({ waiting: 1 });
    expect(errors).toEqual([]);
  });

  it('answers 503 from then on', async () => {
    const calls = createCallStatus({ providers: [mycpaas()], log: silent });
    await calls.close();
    expect(await calls.receive(callback('CA1'))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  });

  it('asks clients to close their connections, also in answers to what came before', async () => {
    let record = (): void => {};
    const inbox = memoryInbox();
    const recorded = inbox.record.bind(inbox);
    inbox.record = async (event) => {
      await new Promise<void>((resolve) => {
        record = resolve;
      });
      return recorded(event);
    };
    const calls = createCallStatus({ providers: [mycpaas()], inbox, log: silent });
    expect(calls.closing).toBe(false);
    const receiving = calls.receive(callback('CA1'));
    const closed = calls.close();
    expect(calls.closing).toBe(true);
    record();
    expect(await receiving).toMatchObject({ status: 200, headers: { connection: 'close' } });
    const later = { status: 503, headers: { connection: 'close', 'retry-after': '5' } };
    expect(await calls.receive(callback('CA2'))).toMatchObject(later);
    await closed;
  });

  it('starts no work any more', async () => {
    const calls = createCallStatus({ providers: [mycpaas()], worker: false, log: silent });
    await calls.close();
    const before = process.getActiveResourcesInfo();
    calls.startWorker();
    expect(process.getActiveResourcesInfo()).toEqual(before);
  });

  it('lets the process end, though the inbox fails', async () => {
    const inbox = memoryInbox();
    inbox.close = () => Promise.reject(new Error('away'));
    const { hook, keepingAlive } = timersOfNode();
    const calls = createCallStatus({ providers: [mycpaas()], inbox, worker: false, log: silent });
    hook.enable();
    calls.startWorker();
    calls.startWorker();
    hook.disable();
    expect(keepingAlive()).toBe(1);
    await expect(calls.close()).rejects.toThrow('away');
    expect(keepingAlive()).toBe(0);
  });

  it('leaves no timer of a worker that waited for a handler', async () => {
    const { hook, keepingAlive } = timersOfNode();
    hook.enable();
    const calls = createCallStatus({
      providers: [mycpaas()],
      pollMs: 600_000,
      log: silent,
      onEnded: () => new Promise((resolve) => setImmediate(resolve)),
    });
    await calls.receive(callback('CA1'));
    await calls.close();
    hook.disable();
    expect(keepingAlive()).toBe(0);
  });
});

/** The timers that are made while the hook is enabled, and how many of them keep the process alive. */
function timersOfNode() {
  const timers: NodeJS.Timeout[] = [];
  const hook = createHook({
    init: (_id, type, _trigger, resource) => type === 'Timeout' && timers.push(resource as NodeJS.Timeout),
  });
  const isActive = (timer: NodeJS.Timeout): boolean => timer.hasRef() && !Reflect.get(timer, '_destroyed');
  return { hook, keepingAlive: () => timers.filter(isActive).length };
}
