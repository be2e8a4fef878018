import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';
import { expectCalls } from '../bench/expect-calls.ts';

export const RETENTION_OF_MANY: Tests = {
  'removes what is old once, whichever of many does it, and all see the same': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const many = [t.inbox, await t.second(), await t.second()];
    const stops = many.map((inbox) => inbox.onJobs(() => {}));
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await t.finishAll();
    elapse(retentionMs + 1000);
    for (const inbox of many) await expectCalls(t, ['live'], inbox);
    const counts = await Promise.all(many.map((inbox) => inbox.counts()));
    assert.deepEqual(
      counts.map(({ ended }) => ended),
      [0, 0, 0],
    );
    assert.equal(new Set(counts.map(({ live }) => live)).size, 1);
    for (const stop of stops) stop();
  },

  'removes nothing where a script opens the store and reads': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('ended', 'completed');
    await t.finishAll();
    elapse(retentionMs - 1000);
    const script = await t.second();
    await script.listCalls();
    await script.deadLetters.list();
    await script.close();
    await expectCalls(t, ['ended']);
  },
};
