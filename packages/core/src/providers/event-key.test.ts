import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventKey } from './event-key.ts';

it.each([
  [['completed', '4', undefined, 'RE1'], 'completed|4||RE1'],
  [['completed', undefined, '', null, 'null'], 'completed'],
  [['completed', 4], 'completed|4'],
  [[], ''],
  [['a|b', 'c\\'], 'a\\|b|c\\\\'],
])('of %j is %s', (parts, key) => {
  expect(eventKey(...parts)).toBe(key);
});

it('differs where the parts differ', () => {
  const part = fc.string({ unit: fc.constantFrom('|', '\\', 'a'), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (a, b) => {
      const same = JSON.stringify(trimmed(a)) === JSON.stringify(trimmed(b));
      expect(eventKey(...a) === eventKey(...b)).toBe(same);
    }),
    { numRuns: 2000 },
  );
});

/** Without the absent parts at the end. */
function trimmed(parts: readonly string[]): readonly string[] {
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}
