import fc from 'fast-check';
import { expect } from 'vitest';

/** Where two verdicts differ: a name, whether a request is of that kind, and what our verdict is then, if it is always the same. */
export type Disagreement<Case> = readonly [name: string, is: (one: Case) => boolean, weAccept?: boolean];

/** Compares our verdicts with those of a provider's SDK for 10,000 requests. They differ only where it is named, and each name occurs. */
export async function expectSameVerdicts<Case>(
  request: fc.Arbitrary<Case>,
  weAccept: (one: Case) => boolean,
  sdkAccepts: (one: Case) => boolean | Promise<boolean>,
  disagreements: readonly Disagreement<Case>[],
): Promise<void> {
  const seen = new Map(disagreements.map(([name]) => [name, 0]));
  const verdicts = { valid: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(request, async (one) => {
      const [ours, theirs] = [weAccept(one), await sdkAccepts(one)];
      verdicts[theirs ? 'valid' : 'refused']++;
      if (ours === theirs) return;
      const reasons = disagreements
        .filter(([, is, expected = ours]) => expected === ours && is(one))
        .map(([name]) => name);
      expect(reasons, `${ours ? 'only ours' : 'only theirs'}: ${JSON.stringify(one)}`).not.toEqual([]);
      for (const name of reasons) seen.set(name, (seen.get(name) ?? 0) + 1);
    }),
    { numRuns: 10_000, seed: 7 },
  );
  for (const [name, times] of seen) expect(times, name).toBeGreaterThan(10);
  expect(verdicts.valid).toBeGreaterThan(2000);
  expect(verdicts.refused).toBeGreaterThan(2000);
}
