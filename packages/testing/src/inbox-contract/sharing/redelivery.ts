import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';
import { expectCalls } from '../bench/expect-calls.ts';
import { readAll } from '../bench/read-all.ts';

const CALLS = 120;

export const REDELIVERY_OF_MANY: Tests = {
  'knows what is delivered again while several remove it, and leaves no empty call': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const many = [t.inbox, await t.second(), await t.second()];
    const events = Array.from({ length: CALLS }, (_, at) => t.event(`c${at}`, 'completed'));
    await Promise.all(events.map((event) => t.inbox.record(event)));
    for (let round = 0; round < CALLS / 100; round++) await t.finishAll();
    elapse(retentionMs + 1000);
    const stops = many.map((inbox) => inbox.onJobs(() => {}));
    for (let round = 0; round < 5; round++) {
      const recorded = await Promise.all(
        events.map((event, at) => (many[(at + round) % many.length] as typeof t.inbox).record(event)),
      );
      assert.deepEqual(new Set(recorded.map(({ transition }) => transition)), new Set(['duplicate']));
    }
    await expectCalls(t, []);
    const rows = await readAll((page) => t.inbox.listCalls({ ...page, limit: 1000 }));
    assert.ok(rows.every(({ eventCount }) => eventCount > 0));
    for (const stop of stops) stop();
  },
};
