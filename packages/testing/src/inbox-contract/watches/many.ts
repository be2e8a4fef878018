import assert from 'node:assert/strict';
import { Random } from '../../random.ts';
import type { Tests } from '../bench/bench.ts';
import { expected, NO_PROGRESS } from './watched.ts';

const WATCHES = 10_000;
const AT_ONCE = 1000;
const LIMIT = 300;

export const MANY_WATCHES: Tests = {
  'gives ten thousand in the order in which they are due, some at a time': async (t) => {
    const watches = t.inbox.watches;
    const random = new Random(7);
    for (let from = 0; from < WATCHES; from += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, (_, at) => expected(`c${from + at}`, random.below(3_600_000)));
      assert.equal(await watches.add(some), AT_ONCE);
    }
    t.clock.advance(3_600_000);
    const seen = new Set<string>();
    let last = '';
    for (let turn = 0; ; turn++) {
      const { rows, nextInMs } = await watches.due({ limit: LIMIT });
      assert.equal(rows.length, Math.min(LIMIT, WATCHES - seen.size));
      for (const { callId, dueAt } of rows) {
        assert.ok(dueAt >= last, `${callId} comes too late.`);
        last = dueAt;
        seen.add(callId);
      }
      const changed = await Promise.all(
        rows.map((row) =>
          turn % 2 === 0
            ? watches.remove(row)
            : watches.update(row, { dueInMs: 7_200_000, progress: { ...NO_PROGRESS, told: ['never_reported'] } }),
        ),
      );
      assert.ok(changed.every(Boolean));
      if (seen.size === WATCHES) break;
      assert.equal(nextInMs, 0);
    }
    const kept = await watches.due({ limit: LIMIT });
    assert.deepEqual(kept, { rows: [], nextInMs: 7_200_000 });
    assert.ok((await t.inbox.health()).watches.missing >= 1000);
    // A page may be short, or even empty.
    let cursor: string | undefined;
    let listed = 0;
    do {
      const { rows, next } = await watches.list({
        state: 'missing',
        limit: 1000,
        ...(cursor !== undefined && { cursor }),
      });
      listed += rows.length;
      cursor = next;
    } while (cursor !== undefined);
    assert.equal(listed, WATCHES - LIMIT * Math.ceil(WATCHES / LIMIT / 2));
  },
};
