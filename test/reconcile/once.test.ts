import { mycpaas, reconcileOnce } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import type { ApiAnswer } from '../../packages/core/test/api-server.ts';
import { acme, type Truth } from './acme.ts';
import { expectFree, over, resultsOf, subject } from './once-subject.ts';

const MINUTE = 60_000;

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
