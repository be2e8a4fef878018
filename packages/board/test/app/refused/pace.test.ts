import { expect, it } from 'vitest';
import { isDue } from '../../../app/refused/pace.ts';

it('refusals are loaded again at once if there are more, and every ten seconds where the oldest make room', () => {
  const shown = { total: 500, atMs: 0 };
  expect(isDue(undefined, 500, 0)).toBe(true);
  expect(isDue(shown, 501, 5000)).toBe(true);
  expect(isDue(shown, 500, 5000)).toBe(false);
  expect(isDue(shown, 500, 9990)).toBe(true);
});
