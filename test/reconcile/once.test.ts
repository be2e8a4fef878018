import {
  type AskedCall,
  createCallStatus,
  type ErrorCode,
  type Inbox,
  memoryInbox,
  mycpaas,
  type Provider,
  type ReconcileOnceOptions,
  reconcileOnce,
} from '@call-status/core';
import { NO_PROGRESS } from '@call-status/core/inbox';
import { manualClock } from '@call-status/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ApiAnswer } from '../../packages/core/test/api-server.ts';
import { acme, acmeApi, acmeCallback, type Truth } from './acme.ts';

const MINUTE = 60_000;

/** An inbox with live calls of acme, whose API says what the test says. */
async function subject(ids: readonly string[], truth: Truth = () => undefined, fault?: () => ApiAnswer | undefined) {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi(truth, fault);
  const inbox = memoryInbox({ clock: clock.now });
  const provider = acme({ api: { key: 'key', url: api.url } });
  const service = (options: object) => {
    const log = { warn() {}, error() {} };
    const calls = createCallStatus({ providers: [acme({ token: 'secret' })], inbox, clock, log, ...options });
    onTestFinished(() => calls.close());
    return calls;
  };
  const web = service({ worker: false });
  for (const id of ids) await web.receive(acmeCallback({ id, state: 'up' }));
  clock.advance(10 * MINUTE);
  const codes: ErrorCode[] = [];
  const call = (callId: string) => ({ provider: 'acme', callId });
  /** Lets time pass until all is said. */
  const once = async (more: Partial<ReconcileOnceOptions> = {}): Promise<readonly AskedCall[]> => {
    const asked: AskedCall[] = [];
    let isOver = false;
    const providers: readonly Provider[] = [provider];
    const options = {
      inbox,
      providers,
      calls: ids.map(call),
      clock,
      onError: ({ code }: { code: ErrorCode }) => void codes.push(code),
    };
    const passing = (async () => {
      while (!isOver) {
        clock.advance(250);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    try {
      for await (const one of reconcileOnce({ ...options, ...more })) asked.push(one);
    } finally {
      isOver = true;
      await passing;
    }
    return asked;
  };
  return { clock, api, inbox, provider, service, call, once, codes };
}

const over: Truth = (id) => ({ id, state: 'over', seconds: '42' });

function resultsOf(asked: readonly AskedCall[]): readonly string[] {
  return asked.map(({ callId, result }) => `${callId} ${result}`);
}

async function expectFree(inbox: Inbox): Promise<void> {
  expect(await inbox.watches.lead('another', 1)).toBe(true);
}

describe('asking once', () => {
  it('records what the provider says, in one request for several calls, and runs no handler', async () => {
    const { once, inbox, api } = await subject(['c1', 'c2', 'c3'], over);
    const asked = await once();
    expect(resultsOf(asked)).toEqual(['c1 recorded', 'c2 recorded', 'c3 recorded']);
    expect(asked[0]?.event).toMatchObject({ status: 'completed', transition: 'advance', source: 'reconciled' });
    expect(api.requests).toHaveLength(1);
    expect(await inbox.getCall('acme', 'c3')).toMatchObject({ status: 'completed', durationSeconds: 42 });
    expect(await inbox.counts()).toMatchObject({ ended: 3, live: 0 });
    expect((await inbox.health()).due + (await inbox.health()).blocked).toBe(6);
    expect(await inbox.watches.list()).toEqual({ rows: [] });
    await expectFree(inbox);
    expect(resultsOf(await once())).toEqual(['c1 complete', 'c2 complete', 'c3 complete']);
    expect(api.requests).toHaveLength(1);
  });

  it.each<[string, { readonly truth?: Truth; readonly fault?: () => ApiAnswer }]>([
    ['unchanged', { truth: (id: string) => ({ id, state: 'up' }) }],
    ['not_found', { truth: (id: string) => ({ id, state: 'gone' }) }],
    ['unknown', { truth: () => undefined }],
    ['failed', { fault: () => ({ status: 503 }) }],
  ])('says %s, and leaves the notice to the application', async (result, { truth, fault }) => {
    const { once, inbox, service, clock } = await subject(['c1'], truth, fault);
    const httpStatus = result === 'failed' ? { httpStatus: 503 } : {};
    expect(await once()).toEqual([{ provider: 'acme', callId: 'c1', result, ...httpStatus }]);
    expect((await inbox.watches.get({ provider: 'acme', callId: 'c1' }))?.progress.told).toEqual([]);
    const told: string[] = [];
    service({ onStuck: ({ reason }: { reason: string }) => void told.push(reason) });
    await vi.waitFor(() => {
      clock.advance(10 * MINUTE);
      expect(told).toContain('stuck');
    });
  });

  it('waits until the figures of an ended call are there', async () => {
    let asked = 0;
    const { once, api } = await subject(['c1'], (id) => ({ id, state: 'over', settled: asked++ < 2 ? 'no' : 'yes' }));
    expect(resultsOf(await once())).toEqual(['c1 recorded']);
    expect(api.requests).toHaveLength(3);
  });

  it('asks about many, a few at a time', async () => {
    const ids = Array.from({ length: 95 }, (_, at) => `c${at}`);
    const { once, api, inbox } = await subject(ids, over);
    expect(resultsOf(await once()).toSorted()).toEqual(ids.map((id) => `${id} recorded`).toSorted());
    expect(api.requests.length).toBeLessThan(25);
    expect(await inbox.counts()).toMatchObject({ ended: 95 });
  });

  it('says which calls it cannot ask about, and notes nothing about them', async () => {
    const { once, inbox, provider, call } = await subject(['c1'], over);
    const calls = [
      { ...call('c1'), provider: 'mycpaas' },
      { ...call('c1'), provider: 'other' },
      call('c9'),
      call('x1'),
    ];
    const asked = await once({ providers: [provider, mycpaas()], calls });
    expect(resultsOf(asked)).toEqual(['c1 no_api', 'c1 no_credentials', 'c9 gone', 'x1 gone']);
    expect(await inbox.watches.list()).toEqual({ rows: [] });
  });

  it('asks no more of an account that refuses its credentials', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `c${at}`);
    const { once, api, codes } = await subject(ids, over, () => ({ status: 401 }));
    const asked = await once();
    expect(new Set(asked.map(({ result, httpStatus }) => `${result} ${httpStatus}`))).toEqual(new Set(['failed 401']));
    expect([asked.length, api.requests.length, codes]).toEqual([60, 1, ['api_credentials']]);
  });

  it('asks with the credentials of a tenant', async () => {
    const { once, inbox, api, call } = await subject(['c1'], over);
    const [event] = (await inbox.getCall('acme', 'c1'))?.events ?? [];
    await inbox.record({ ...event, id: 'of t1', tenant: 't1' } as never);
    const credentials = (tenant?: string) => (tenant === 't1' ? { key: 'key-1', url: api.url } : undefined);
    const calls = [{ ...call('c1'), tenant: 't1' }, call('c1')];
    const asked = await once({ providers: [acme({ api: credentials })], calls });
    expect(asked.map(({ tenant = 'none', result }) => `${tenant} ${result}`).toSorted()).toEqual([
      'none no_credentials',
      't1 recorded',
    ]);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-1']);
  });

  it('refuses invalid options', async () => {
    const { once } = await subject(['c1']);
    await expect(once({ providers: [acme({ api: { key: '' } })] })).rejects.toMatchObject({
      code: 'invalid_options',
    });
  });
});

describe('beside other processes', () => {
  it('has the one ask that looks after calls', async () => {
    const { once, service, provider, api, inbox } = await subject(['c1'], over);
    const calls = service({
      providers: [{ ...provider, options: { ...provider.options, token: 'secret' } }],
      onEnded() {},
    });
    await vi.waitFor(async () => expect((await calls.health()).leads).toBe(true));
    const other = acme({ api: { key: 'wrong' } });
    expect(resultsOf(await once({ providers: [other] }))).toEqual(['c1 recorded']);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer key']);
    expect((await calls.health()).leads).toBe(true);
    expect((await inbox.getCall('acme', 'c1'))?.events).toHaveLength(2);
  });

  it('asks itself if that one has no credentials', async () => {
    const ids = ['c1', 'c2'];
    let settled = 'no';
    const { once, service, inbox, api, provider } = await subject(ids, (id) => ({ id, state: 'over', settled }));
    const told: string[] = [];
    const calls = service({ onStuck: ({ callId }: { callId: string }) => void told.push(callId) });
    await vi.waitFor(async () => expect((await calls.health()).leads).toBe(true));
    const asked = once({ providers: [provider] });
    await vi.waitFor(() => expect(api.requests.length).toBeGreaterThan(0));
    settled = 'yes';
    expect(resultsOf(await asked)).toEqual(['c1 recorded', 'c2 recorded']);
    expect((await calls.health()).leads).toBe(true);
    expect((await inbox.getCall('acme', 'c1'))?.status).toBe('completed');
    expect(told).toEqual([]);
  });

  it('says so if neither has credentials', async () => {
    const { once, service } = await subject(['c1']);
    const calls = service({ onStuck() {} });
    await vi.waitFor(async () => expect((await calls.health()).leads).toBe(true));
    const none = () => undefined;
    expect(resultsOf(await once({ providers: [acme({ api: none })] }))).toEqual(['c1 no_credentials']);
  });

  it('asks itself once the other one has ended, and stops while another leads', async () => {
    let turns = 0;
    const { once, inbox, api } = await subject(['c1', 'c2'], (id) => {
      turns++;
      return { id, state: 'over', settled: turns <= 2 ? 'no' : 'yes' };
    });
    const { watches } = inbox;
    const lead = watches.lead.bind(watches);
    let count = 0;
    watches.lead = async (owner, leaseMs) => {
      count++;
      if (count === 3) throw new Error('the inbox is gone');
      const isOther = count < 3 || (turns > 0 && count < 60);
      return leaseMs > 0 && isOther ? false : lead(owner, leaseMs);
    };
    await expect(once()).rejects.toThrow('the inbox is gone');
    expect(resultsOf(await once())).toEqual(['c1 recorded', 'c2 recorded']);
    expect(api.requests.length).toBeGreaterThan(1);
  });

  it('a call that is forgotten meanwhile is gone, also if something else watches it', async () => {
    const { once, inbox, call } = await subject(['c1', 'c2'], over);
    const { watches } = inbox;
    const calls = (async function* () {
      yield call('c1');
      await inbox.forgetCall('acme', 'c1');
      yield call('c2');
      await inbox.forgetCall('acme', 'c2');
      await watches.add([{ ...call('c2'), dueInMs: MINUTE, expected: {}, progress: NO_PROGRESS }]);
    })();
    expect(resultsOf(await once({ calls }))).toEqual(['c1 gone', 'c2 gone']);
  });
});

it('errors need no listener', async () => {
  let status = 401;
  const { once } = await subject(['c1'], over, () => (status === 401 ? { status } : undefined));
  expect(await once({ onError: undefined as never })).toMatchObject([{ result: 'failed', httpStatus: 401 }]);
  status = 200;
  expect(await once({ log: { warn() {}, error() {} } })).toMatchObject([{ result: 'recorded' }]);
});

it('a consumer that stops lets others lead', async () => {
  const { inbox, provider, call } = await subject(['c1'], over);
  for await (const _ of reconcileOnce({ inbox, providers: [provider], calls: [call('c8'), call('c1')] })) break;
  await expectFree(inbox);
});
