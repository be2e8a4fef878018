import assert from 'node:assert/strict';
import { withBody, withUrl } from '../callback/negative.ts';
import type { Tests } from '../contract-test.ts';
import { Random } from '../random.ts';
import type { ProviderBench } from './bench.ts';

const RUNS = 100;
const WORDS = [
  '',
  ' ',
  'completed',
  '+12025550143',
  '0',
  'null',
  'ünïcödé',
  '日本',
  '🙂',
  '%2B',
  '&=?#',
  '"\\',
  "'",
  '\n',
  '[a]',
];

/** What a signature must prove, whatever the fields are. */
export const OF_SIGNATURES: Tests<ProviderBench> = {
  'is valid whatever the fields are, with this secret only': async (bench) => {
    const random = new Random(1);
    for (let run = 0; run < RUNS; run++) {
      const made = bench.genuine(random.pick(bench.events), fieldsOf(random));
      assert.equal(await bench.verdict(made), VALID, `With the fields ${JSON.stringify(bench.message(made).fields)}.`);
      assert.notEqual(await bench.verdict(made, 'another secret'), VALID);
    }
  },
  'covers every byte of the body, or every field': async (bench) => {
    const random = new Random(2);
    for (let run = 0; run < RUNS; run++) {
      const made = bench.genuine(random.pick(bench.events));
      if (made.body.length === 0) continue;
      const body = Buffer.from(made.body);
      const at = random.below(body.length);
      body[at] = (body[at] as number) ^ (1 + random.below(255));
      const changed = withBody(made, body);
      if (bench.definition.signs === 'fields' && fieldsIn(bench, changed) === fieldsIn(bench, made)) continue;
      assert.notEqual(await bench.verdict(changed), VALID, `With byte ${at} of the body changed.`);
    }
  },
  'covers the URL, where it is signed': async (bench) => {
    const { sign } = bench.definition;
    for (const fixture of bench.events) {
      const made = bench.genuine(fixture);
      const { unproven, proof } = made.made;
      const { secret = '', nowMs } = proof;
      const elsewhere = { ...unproven, url: `${unproven.url}${unproven.url.includes('?') ? '&' : '?'}other=1` };
      const [here, there] = [unproven, elsewhere].map((request) => sign?.(request, { secret, nowMs }).headers);
      if (JSON.stringify(here) === JSON.stringify(there)) continue;
      const moved = withUrl(made, `${made.url}${made.url.includes('?') ? '&' : '?'}other=1`);
      assert.notEqual(await bench.verdict(moved), VALID, `${fixture.name} at another URL.`);
    }
  },
};

const VALID = 'valid';

/** Fields with names that no provider uses. */
function fieldsOf(random: Random): Readonly<Record<string, string>> {
  const text = (): string => random.list(0, 4, () => random.pick(WORDS)).join('');
  return Object.fromEntries(random.list(0, 5, () => [`Contract${random.below(10)}`, text()]));
}

/** The fields, or the reason why they cannot be read. */
function fieldsIn(bench: ProviderBench, request: Parameters<ProviderBench['message']>[0]): string {
  try {
    return JSON.stringify(bench.message(request).fields);
  } catch (error) {
    return String(error);
  }
}
