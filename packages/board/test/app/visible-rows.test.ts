import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visibleRows } from '../../app/calls/visible-rows.ts';

it('every row in the window is in the document, and few others', () => {
  fc.assert(
    fc.property(fc.nat(40_000_000), fc.integer({ min: 200, max: 3000 }), fc.nat(100_000), (top, height, count) => {
      const rowHeight = 33;
      const { from, to } = visibleRows(top, height, rowHeight, count);
      const first = Math.min(count, Math.floor(top / rowHeight));
      const last = Math.min(count, Math.ceil((top + height) / rowHeight));
      expect(from).toBeLessThanOrEqual(first);
      expect(to).toBeGreaterThanOrEqual(last);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to - from).toBeLessThanOrEqual(height / rowHeight + 42);
    }),
  );
});

it('above the list, it begins with the first rows', () => {
  expect(visibleRows(-150, 800, 33, 1000)).toEqual({ from: 0, to: 30 });
});
