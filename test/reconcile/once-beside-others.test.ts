import { NO_PROGRESS } from '@call-status/core/inbox';
import { describe, expect, it, vi } from 'vitest';
import { acme } from './acme.ts';
import { over, resultsOf, subject } from './once-subject.ts';

const MINUTE = 60_000;

describe('asking once beside other processes', () => {
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
