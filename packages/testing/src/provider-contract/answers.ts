import assert from 'node:assert/strict';
import type { Tests } from '../contract-test.ts';
import { Random } from '../random.ts';
import type { ProviderBench } from './bench.ts';

const RUNS = 300;

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e20,
  '',
  'null',
  'completed',
  '2026-06-02 14:30:45',
  '+12025550143',
];

/** Names that APIs use for a call, for lists of calls and for what is in them. */
const NAMES = [
  'id',
  'sid',
  'Sid',
  'Call',
  'Calls',
  'call',
  'calls',
  'data',
  'status',
  'Status',
  'Details',
  'Legs',
  'Leg',
];

/** What a provider must make of the answers of its API, which may be anything. */
export const OF_ANSWERS: Tests<ProviderBench> = {
  'reads any answer of its API without throwing': async ({ definition }) => {
    const random = new Random(3);
    for (let run = 0; run < RUNS; run++) {
      const body = jsonOf(random, 4);
      const answers = definition.fetchCall?.answers(body, ['1', '2'], {});
      assert.ok(answers instanceof Map, `answers() returned no Map for ${JSON.stringify(body)}.`);
    }
  },
};

function jsonOf(random: Random, depth: number): unknown {
  const kind = depth === 0 ? 0 : random.below(3);
  if (kind === 0) return random.pick(VALUES);
  const inner = random.list(0, 4, () => jsonOf(random, depth - 1));
  return kind === 1 ? inner : Object.fromEntries(inner.map((value) => [random.pick(NAMES), value]));
}
