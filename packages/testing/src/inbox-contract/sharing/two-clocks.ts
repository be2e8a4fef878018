import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';

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
};
