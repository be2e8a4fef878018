import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import { LEASE_MS, type Tests } from '../bench/bench.ts';

/** How far the clock of a host may be from that of the others, in milliseconds. */
const SKEWS = [-60_000, 60_000];

/** Two inboxes of one store, whose clocks differ. */
export const TWO_CLOCKS: Tests = {
  'makes nothing that is due wait for a clock': async (t) => {
    for (const [at, minutes] of [-90, -5, 5, 90].entries()) {
      const other = await t.second({ clock: () => t.clock.now() + minutes * 60_000 });
      await t.record(`a${at}`, 'queued', 'ringing');
      await other.record(t.event(`b${at}`, 'queued'));
      await other.record(t.event(`b${at}`, 'ringing'));
      const there = await t.take(100, other);
      assert.deepEqual(there.jobs.map(({ event }) => event.id).sort(), [`acme:a${at}:queued`, `acme:b${at}:queued`]);
      for (const { lease } of there.jobs) assert.equal(await other.finish(lease), 'done');
      const here = await t.take();
      assert.deepEqual(here.jobs.map(({ event }) => event.id).sort(), [`acme:a${at}:ringing`, `acme:b${at}:ringing`]);
      for (const { lease } of here.jobs) assert.equal(await t.inbox.release(lease), 'done');
      const back = await t.take(100, other);
      assert.equal(back.jobs.length, 2);
      for (const { lease } of back.jobs) assert.equal(await other.finish(lease), 'done');
    }
  },

  'waits for a retry as long as its worker said, and leases as long as they last': async (t) => {
    for (const [at, skewMs] of SKEWS.entries()) {
      const clock = () => t.clock.now() + skewMs;
      const other = await t.second({ clock });
      // The receiver of that host stamps events by its own clock, too.
      await other.record({ ...t.event(`c${at}`, 'ringing'), receivedAt: new Date(clock()).toISOString() });
      const { lease } = await t.takeOne(other);
      await other.fail(lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
      assert.equal((await t.expectIdle(other)).nextInMs, 5000);
      t.clock.advance(4999);
      await t.expectIdle(other);
      t.clock.advance(1);
      assert.equal((await t.takeOne(other)).attempt, 2);
      t.clock.advance(LEASE_MS - 1);
      assertMatches(await t.expectIdle(other), { nextInMs: 1, suspects: false });
      t.clock.advance(2);
      assert.equal(await other.finish((await t.takeSuspect(other)).lease), 'done');
    }
  },
};

/** Two hosts whose clocks differ, at a store that has a clock of its own. */
export const STORE_CLOCK: Tests = {
  'has the same spans for all': async (t) => {
    for (const [at, skewMs] of SKEWS.entries()) {
      const other = await t.second({ clock: () => t.clock.now() + skewMs });
      await other.record(t.event(`c${at}`, 'ringing'));
      await other.fail((await t.takeOne(other)).lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
      assert.equal((await t.expectIdle()).nextInMs, 5000);
      t.clock.advance(5000);
      const { lease } = await t.takeOne();
      assert.equal((await t.expectIdle(other)).nextInMs, LEASE_MS);
      t.clock.advance(LEASE_MS + 1);
      assert.equal((await t.expectIdle(other)).suspects, true);
      assert.deepEqual(await t.inbox.renew([lease], LEASE_MS), []);
      assertMatches(await other.health(), { due: 0, running: 1, retrying: 0 });
      assert.equal(await t.inbox.finish(lease), 'done');
    }
  },
};
