import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';
import { timesFrom } from '../bench/times-from.ts';

const TEN_MINUTES_MS = 600_000;

async function recordLive(t: Bench, provider: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await t.inbox.record(t.event(`${provider}${at}`, 'ringing', { provider }));
}

export const CALLS_HEALTH: Tests = {
  'says since when the oldest waits, and when the first retry is due': async (t) => {
    const at = timesFrom(t.clock.now());
    const nothing = await t.inbox.health();
    assert.ok(!('oldestDueAt' in nothing) && !('nextRetryAt' in nothing));
    await t.record('c1', 'ringing');
    t.clock.advance(1000);
    await t.record('c2', 'ringing');
    await t.record('c3', 'ringing');
    t.clock.advance(500);
    assertMatches(await t.inbox.health(), { due: 3, oldestDueAt: at(0), lagMs: 1500 });
    const [first, second] = (await t.take(2)).jobs;
    assert.ok(first !== undefined && second !== undefined);
    const failure = { error: 'boom', doneHandlers: [] };
    await t.inbox.fail(first.lease, { ...failure, retryInMs: 9000 });
    await t.inbox.fail(second.lease, { ...failure, retryInMs: 5000 });
    assertMatches(await t.inbox.health(), { due: 1, oldestDueAt: at(1000), retrying: 2, nextRetryAt: at(6500) });
    await t.takeOne();
    const waiting = await t.inbox.health();
    assert.ok(!('oldestDueAt' in waiting));
    t.clock.advance(LEASE_MS + 1);
    const { oldestDueAt, nextRetryAt, due } = await t.inbox.health();
    assert.deepEqual([due, oldestDueAt, nextRetryAt], [3, at(6500), undefined]);
  },

  'counts live calls and silent ones, by provider': async (t) => {
    assertMatches(await t.inbox.health(), { live: 0, silent: 0, providers: [] });
    await recordLive(t, 'zenith', 2);
    await recordLive(t, 'acme', 1);
    await t.record('ended', 'completed');
    t.clock.advance(TEN_MINUTES_MS / 2);
    await recordLive(t, 'borealis', 1);
    await t.inbox.record(t.event('zenith0', 'in-progress', { provider: 'zenith' }));
    t.clock.advance(TEN_MINUTES_MS / 2 + 1);
    const health = await t.inbox.health();
    assertMatches(health, { live: 4, silent: 2 });
    const silent = health.providers?.map((provider) => [provider.provider, provider.silent]);
    assert.deepEqual(silent, [
      ['acme', 1],
      ['borealis', 0],
      ['zenith', 1],
    ]);
    for (const { provider, live } of health.providers ?? []) {
      // An inbox may leave it out where counting is not cheap.
      if (live !== undefined) assert.equal(live, { acme: 1, borealis: 1, zenith: 2 }[provider]);
    }
    await t.inbox.endCall('acme', 'acme0', { status: 'failed' });
    await t.inbox.forgetCall('zenith', 'zenith1');
    const after = await t.inbox.health();
    assertMatches(after, { live: 2, silent: 0 });
    assert.deepEqual(
      after.providers?.map(({ provider }) => provider),
      ['borealis', 'zenith'],
    );
  },

  'knows whether it can write, from its last write': async (t) => {
    await t.record('c1', 'ringing');
    const { store } = await t.inbox.health();
    // Memory can always be written.
    if (t.inbox.durable) assert.equal(store?.writable, true);
    const { lastCommitAt, commitMs } = store ?? {};
    if (lastCommitAt !== undefined) assert.equal(new Date(lastCommitAt).toISOString(), lastCommitAt);
    if (commitMs !== undefined) assert.ok(commitMs.p50 >= 0 && commitMs.p99 >= commitMs.p50);
  },
};
