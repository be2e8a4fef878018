import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { NewRefusal } from '@call-status/core/inbox';
import type { Bench, Tests } from '../bench/bench.ts';

const LIMITS = { rows: 3, bytes: 1_000_000 };

/** What an inbox shows to people and tools, apart from what only its own process knows. */
async function viewsOf(inbox: Inbox): Promise<unknown> {
  const { store: _, ...health } = await inbox.health();
  const query = { since: '2026-01-01', until: '2026-01-02', bucketMs: 3_600_000, by: 'status' } as const;
  return {
    health,
    calls: await inbox.listCalls(),
    feed: await inbox.events({ limit: 100 }),
    stats: await inbox.stats(query),
    refusals: await inbox.refusals.list(),
    groups: await inbox.deadLetters.groups(),
    counts: await inbox.counts(),
  };
}

/** Something of everything, recorded by one inbox and by the other. */
async function fill(t: Bench, other: Inbox): Promise<void> {
  const now = new Date(t.clock.now()).toISOString();
  const what = { code: 'token_missing', httpStatus: 403, headerNames: [], count: 1 } as const;
  const refusal = (url: string): NewRefusal => ({ url, ...what, firstAt: now, lastAt: now });
  for (const [at, inbox] of [t.inbox, other, t.inbox].entries()) {
    await inbox.record({ ...t.event(`c${at}`, 'completed'), quality: { mos: 4 }, durationSeconds: at });
    await t.moveToDeadLetters(`Status ${at}`, inbox);
    await inbox.refusals.keep([refusal(`/${at}a`), refusal(`/${at}b`)], {
      ...LIMITS,
      uncounted: 1,
    });
    const worker = { version: '1.0.0', handlers: ['onStatus'], running: 1, concurrency: 2, oldestRunningMs: 5 };
    await inbox.reportWorker({ owner: `host-${at}`, ...worker });
  }
}

export const SHARED_VIEWS: Tests = {
  'shows both the same, whichever recorded it': async (t) => {
    const other = await t.second();
    await fill(t, other);
    const here = await viewsOf(t.inbox);
    assert.deepEqual(await viewsOf(other), here);
    const { refused, workers } = await other.health();
    assert.deepEqual(refused, { kept: 3, lastDay: 3, uncounted: 3 });
    assert.equal(workers?.length, 3);
  },
};

export const DURABLE_VIEWS: Tests = {
  'shows the same after a restart': async (t) => {
    await fill(t, t.inbox);
    const before = await viewsOf(t.inbox);
    await t.reopen();
    assert.deepEqual(await viewsOf(t.inbox), before);
  },
};
