import { expect } from 'vitest';
import { type Bench, LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

/** Events of two providers, the first of which comes first. */
async function recordBoth(t: Bench, each = 5): Promise<void> {
  for (const provider of ['acme', 'zenith']) {
    for (let at = 0; at < each; at++) await t.inbox.record(t.event(`c${at}`, 'ringing', { provider }));
  }
}

const providersOf = (work: readonly { readonly event: { readonly provider: string } }[]) =>
  work.map(({ event }) => event.provider).sort();

export const LIMITS: Tests = {
  'never gives more of a provider than its limit says': async (t) => {
    await recordBoth(t);
    const taken = await t.take(100, t.inbox, { limits: { acme: 2 } });
    expect(providersOf(taken.jobs)).toEqual(['acme', 'acme', ...Array(5).fill('zenith')]);
    expect(taken.more).toBe(true);
  },

  'gives others their turn though a provider is full, however much of it waits': async (t) => {
    await recordBoth(t, 60);
    const taken = await t.take(10, t.inbox, { limits: { acme: 0 } });
    expect(providersOf(taken.jobs)).toEqual(Array(10).fill('zenith'));
    expect((await t.take(100, t.inbox, { limits: { acme: 0, zenith: 0 } })).jobs).toEqual([]);
  },

  'holds the limit of all and the limits of each': async (t) => {
    await recordBoth(t);
    const taken = await t.take(3, t.inbox, { limits: { acme: 5, zenith: 1 } });
    expect(taken.jobs.length).toBeLessThanOrEqual(3);
    expect(providersOf(taken.jobs).filter((provider) => provider === 'zenith').length).toBeLessThanOrEqual(1);
  },

  'gives everything out in the end, whatever the limits are': async (t) => {
    await recordBoth(t);
    const seen = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const { jobs: work } = await t.take(3, t.inbox, { limits: { acme: 1, zenith: 1 } });
      for (const { event, lease } of work) {
        seen.add(event.id);
        await t.inbox.finish(lease);
      }
    }
    expect(seen.size).toBe(10);
    expect(await t.take()).toMatchObject({ jobs: [], more: false });
  },

  'gives no suspect of a provider that is full': async (t) => {
    await recordBoth(t, 1);
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    const first = await t.take(1, t.inbox, { suspect: true, limits: { acme: 0 } });
    expect(providersOf(first.jobs)).toEqual(['zenith']);
    expect((await t.take(1, t.inbox, { suspect: true, limits: { acme: 0 } })).jobs).toEqual([]);
    expect(providersOf((await t.take(1, t.inbox, { suspect: true })).jobs)).toEqual(['acme']);
  },

  'knows no limit of a provider that is called like a part of every object': async (t) => {
    for (const provider of ['constructor', 'toString', '__proto__']) {
      await t.inbox.record(t.event('c1', 'ringing', { provider }));
    }
    expect((await t.take(100, t.inbox, { limits: { acme: 0 } })).jobs).toHaveLength(3);
  },
};
