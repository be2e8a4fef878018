import {
  createCallStatus,
  type Inbox,
  memoryInbox,
  mycpaas,
  type Provider,
  type ReconciledMessage,
} from '@call-status/core';
import { requestReconcile, type WatchProgress } from '@call-status/core/inbox';
import { manualClock } from '@call-status/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ApiAnswer } from '../../packages/core/test/api-server.ts';
import { published } from '../../packages/core/test/published.ts';
import { acme, acmeApi, acmeCallback, type Truth } from './acme.ts';

const MINUTE = 60_000;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A receiver of acme, whose API says what the test says. */
async function subject({
  truth = () => undefined,
  fault,
  apiOptions = (url: string) => ({ key: 'key', url }),
}: {
  readonly truth?: Truth;
  readonly fault?: () => ApiAnswer | undefined;
  readonly apiOptions?: (url: string) => unknown;
} = {}) {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi(truth, fault);
  const inbox = memoryInbox({ clock: clock.now });
  const ended: string[] = [];
  const told: string[] = [];
  const start = (providers: readonly Provider[], more: object = {}) => {
    const calls = createCallStatus({
      providers,
      inbox,
      clock,
      log: { warn() {}, error() {} },
      onEnded: ({ callId, source }) => void ended.push(`${callId} ${source}`),
      onError: ({ code }) => void told.push(code),
      ...more,
    });
    opened.push(calls);
    return calls;
  };
  const calls = start([acme({ token: 'secret', api: apiOptions(api.url) as never })]);
  const receive = (fields: object) => calls.receive(acmeCallback(fields));
  const call = (callId = 'c1') => ({ provider: 'acme', callId });
  const leads = () => vi.waitFor(async () => expect((await calls.health()).leads).toBe(true));
  /** Lets time pass until it is so: an account begins with nothing of its share. */
  const until = (check: () => Promise<void> | void) =>
    vi.waitFor(
      async () => {
        clock.advance(250);
        await check();
      },
      { interval: 2, timeout: 30_000 },
    );
  return { clock, api, inbox, calls, start, receive, call, leads, until, ended, told };
}

async function progressOf(inbox: Inbox, callId = 'c1'): Promise<WatchProgress | undefined> {
  return (await inbox.watches.get({ provider: 'acme', callId }))?.progress;
}

describe('a provider that is asked at once', () => {
  it('tells how a call ended that is not silent yet', async () => {
    const { calls, receive, call, leads, until, ended, api, inbox } = await subject({
      truth: (id) => ({ id, state: 'over', seconds: '42' }),
    });
    await receive({ id: 'c1', state: 'up' });
    await leads();
    expect(await calls.reconcile(call())).toBe('requested');
    await until(() => expect(ended).toEqual(['c1 reconciled']));
    expect(api.requests).toHaveLength(1);
    expect(await inbox.getCall('acme', 'c1')).toMatchObject({ status: 'completed', durationSeconds: 42 });
    await until(async () => expect((await inbox.watches.list()).rows).toEqual([]));
    expect(await calls.reconcile(call())).toBe('complete');
    expect(await calls.reconcile(call('c2'))).toBe('not_found');
    expect(await calls.reconcile({ ...call(), tenant: 'another' })).toBe('not_found');
    expect(await inbox.watches.list()).toEqual({ rows: [] });
  });

  it('is asked once, however often it is requested meanwhile', async () => {
    const { calls, receive, call, ended, api, until } = await subject({ truth: (id) => ({ id, state: 'over' }) });
    await receive({ id: 'c1', state: 'up' });
    // The account has nothing of its share yet, so the request has to wait.
    expect(await Promise.all([1, 2, 3].map(() => calls.reconcile(call())))).toEqual(Array(3).fill('requested'));
    await until(() => expect(ended).toEqual(['c1 reconciled']));
    expect(api.requests).toHaveLength(1);
  });

  it('fills in what the last callback lacked, and then says that nothing is new', async () => {
    const { calls, receive, call, leads, until, ended, inbox } = await subject({
      truth: (id) => ({ id, state: 'over', ...(id === 'c1' && { seconds: '42' }) }),
    });
    await receive({ id: 'c1', state: 'over' });
    await receive({ id: 'c2', state: 'over' });
    const messages = published<ReconciledMessage>('call-status:reconciled');
    await leads();
    await calls.reconcile(call());
    await until(async () => expect(await inbox.getCall('acme', 'c1')).toMatchObject({ durationSeconds: 42 }));
    for (const transitions of [
      ['advance', 'repeat'],
      ['advance', 'repeat'],
    ]) {
      await calls.reconcile(call('c2'));
      await until(async () => {
        expect((await inbox.getCall('acme', 'c2'))?.events.map((event) => event.transition).toSorted()).toEqual(
          transitions,
        );
      });
    }
    await until(async () => expect((await progressOf(inbox, 'c2'))?.request?.result).toBe('unchanged'));
    expect(ended).toEqual(['c1 callback', 'c2 callback']);
    expect(new Set(messages.map(({ result }) => result).filter((each) => each !== 'postponed'))).toEqual(
      new Set(['unchanged']),
    );
  });

  it.each([
    ['unchanged', { truth: (id: string) => ({ id, state: 'up' }) }],
    ['not_found', { truth: (id: string) => ({ id, state: 'gone' }) }],
    ['unknown', { truth: () => undefined }],
    ['unknown', { truth: (id: string) => ({ id, state: 'no such word' }) }],
    ['failed', { fault: () => ({ status: 503 }) }],
    ['no_credentials', { apiOptions: () => () => undefined }],
    ['no_credentials', { apiOptions: () => () => Promise.reject(new Error('down')) }],
  ] as const)('says %s', async (result, options) => {
    const { calls, receive, call, leads, until, inbox, told } = await subject(options);
    await receive({ id: 'c1', state: 'up' });
    await leads();
    await calls.reconcile(call());
    await until(async () => expect((await progressOf(inbox))?.request?.result).toBe(result));
    expect((await progressOf(inbox))?.request?.httpStatus).toBe(result === 'failed' ? 503 : undefined);
    // A request is no reason to tell the application that the call is stuck.
    expect(told).not.toContain('call_unterminated');
  });

  it('is not sent an id that no call of it has', async () => {
    const { calls, receive, leads, until, inbox, api } = await subject();
    await receive({ id: 'x1', state: 'up' });
    await leads();
    await calls.reconcile({ provider: 'acme', callId: 'x1' });
    await until(async () => expect((await progressOf(inbox, 'x1'))?.request?.result).toBe('invalid_id'));
    expect(api.requests).toEqual([]);
  });

  it('is asked again until the figures of an ended call are there', async () => {
    let settled = 'no';
    const { calls, receive, call, leads, until, inbox, clock, ended } = await subject({
      truth: (id) => ({ id, state: 'over', settled }),
    });
    await receive({ id: 'c1', state: 'up' });
    await leads();
    await calls.reconcile(call());
    await until(async () => expect((await progressOf(inbox))?.unsettled).toBe(1));
    expect((await progressOf(inbox))?.request).not.toHaveProperty('result');
    settled = 'yes';
    clock.advance(MINUTE);
    await until(() => expect(ended).toEqual(['c1 reconciled']));
  });

  it('leaves an expected call its time', async () => {
    const { calls, call, leads, until, inbox, clock, told } = await subject({ truth: (id) => ({ id, state: 'gone' }) });
    await inbox.watches.add([{ ...call(), dueInMs: 10 * MINUTE, expected: {} }]);
    await leads();
    const { dueAt } = (await inbox.watches.get(call())) ?? {};
    expect(await calls.reconcile(call())).toBe('requested');
    await until(async () => expect((await progressOf(inbox))?.request?.result).toBe('not_found'));
    expect(await inbox.watches.get(call())).toMatchObject({ dueAt });
    expect(told).toEqual([]);
    clock.advance(10 * MINUTE);
    await until(() => expect(told).toEqual(['call_unterminated']));
  });
});

describe('a provider that cannot be asked', () => {
  it('is said at once where handlers run', async () => {
    const { start } = await subject();
    const calls = start([acme({ token: 'secret' }), mycpaas({ token: 'secret' })]);
    expect(await calls.reconcile({ provider: 'acme', callId: 'c1' })).toBe('no_credentials');
    expect(await calls.reconcile({ provider: 'mycpaas', callId: 'c1' })).toBe('no_api');
    expect(await calls.reconcile({ provider: 'gone', callId: 'c1' })).toBe('no_credentials');
  });

  it('is said by the process that looks after calls, if another process asks', async () => {
    const { start, receive, leads, until, inbox, call } = await subject();
    await receive({ id: 'c1', state: 'up' });
    await leads();
    await inbox.record({ ...(await inbox.getCall('acme', 'c1'))?.events[0], id: 'other', provider: 'other' } as never);
    const web = start([acme({ token: 'secret' }), mycpaas({ token: 'secret' })], { worker: false });
    expect(await web.reconcile({ provider: 'mycpaas', callId: 'c1' })).toBe('no_api');
    expect(await web.reconcile({ provider: 'other', callId: 'c1' })).toBe('requested');
    expect(await web.reconcile(call())).toBe('requested');
    await until(async () => {
      const { progress } = (await inbox.watches.get({ provider: 'other', callId: 'c1' })) ?? {};
      expect(progress?.request?.result).toBe('no_credentials');
    });
    await until(async () => expect((await progressOf(inbox))?.request?.result).toBe('unknown'));
  });
});

it('another process has one asked by its inbox only', async () => {
  const { receive, leads, until, call, inbox, clock, ended } = await subject({
    truth: (id) => ({ id, state: 'over' }),
  });
  await receive({ id: 'c1', state: 'up' });
  await leads();
  expect(await requestReconcile(inbox, call(), clock.now())).toBe('requested');
  clock.advance(10_000);
  await until(() => expect(ended).toEqual(['c1 reconciled']));
});

it('rejects what is no call, and works no more once it is closed', async () => {
  const { calls } = await subject();
  await expect(calls.reconcile({ provider: 'acme' } as never)).rejects.toMatchObject({ code: 'invalid_options' });
  await calls.close();
  await expect(calls.reconcile({ provider: 'acme', callId: 'c1' })).rejects.toMatchObject({ code: 'closed' });
});
