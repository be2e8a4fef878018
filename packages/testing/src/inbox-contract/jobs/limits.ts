import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { type Bench, LEASE_MS } from '../bench/bench.ts';

/** Events of two providers, the first of which comes first. */
async function recordBoth(t: Bench, each = 5): Promise<void> {
  for (const provider of ['acme', 'zenith']) {
    for (let at = 0; at < each; at++) await t.inbox.record(t.event(`c${at}`, 'ringing', { provider }));
  }
}

const providersOf = (jobs: readonly { readonly event: { readonly provider: string } }[]) =>
  jobs.map(({ event }) => event.provider).sort();

export const LIMITS: Tests = {
  'never gives more of a provider than its limit says': async (t) => {
    await recordBoth(t);
    const taken = await t.take(100, t.inbox, { limits: { acme: 2 } });
    assert.deepEqual(providersOf(taken.jobs), ['acme', 'acme', ...Array(5).fill('zenith')]);
    assert.equal(taken.more, true);
  },

  'gives others their turn though a provider is full, however much of it waits': async (t) => {
    await recordBoth(t, 60);
    const taken = await t.take(10, t.inbox, { limits: { acme: 0 } });
    assert.deepEqual(providersOf(taken.jobs), Array(10).fill('zenith'));
    assert.deepEqual((await t.take(100, t.inbox, { limits: { acme: 0, zenith: 0 } })).jobs, []);
  },

  'holds the limit of all and the limits of each': async (t) => {
    await recordBoth(t);
    const taken = await t.take(3, t.inbox, { limits: { acme: 5, zenith: 1 } });
    assert.ok(taken.jobs.length <= 3);
    assert.ok(providersOf(taken.jobs).filter((provider) => provider === 'zenith').length <= 1);
  },

  'gives everything out in the end, whatever the limits are': async (t) => {
    await recordBoth(t);
    const seen = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const { jobs } = await t.take(3, t.inbox, { limits: { acme: 1, zenith: 1 } });
      for (const { event, lease } of jobs) {
        seen.add(event.id);
        await t.inbox.finish(lease);
      }
    }
    assert.equal(seen.size, 10);
    assertMatches(await t.take(), { jobs: [], more: false });
  },

  'gives no suspect of a provider that is full': async (t) => {
    await recordBoth(t, 1);
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    const first = await t.take(1, t.inbox, { suspect: true, limits: { acme: 0 } });
    assert.deepEqual(providersOf(first.jobs), ['zenith']);
    assert.deepEqual((await t.take(1, t.inbox, { suspect: true, limits: { acme: 0 } })).jobs, []);
    assert.deepEqual(providersOf((await t.take(1, t.inbox, { suspect: true })).jobs), ['acme']);
  },

  'knows no limit of a provider that is called like a part of every object': async (t) => {
    for (const provider of ['constructor', 'toString', '__proto__']) {
      await t.inbox.record(t.event('c1', 'ringing', { provider }));
    }
    assert.equal((await t.take(100, t.inbox, { limits: { acme: 0 } })).jobs.length, 3);
  },
};
