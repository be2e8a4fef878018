import { expect, it } from 'vitest';
import { onlyCounted } from '../../../app/dead/only-counted.ts';

const newestAt = '2026-03-02T12:00:00.999Z';

it.each([
  [{}, { until: '2026-03-02T12:00:01.000Z' }],
  [
    { provider: 'acme', since: '2026-03-01T00:00:00.000Z', until: '2026-03-03T00:00:00.000Z' },
    { provider: 'acme', since: '2026-03-01T00:00:00.000Z', until: '2026-03-02T12:00:01.000Z' },
  ],
  [{ keys: ['a'] }, { keys: ['a'] }],
])('what is done with %o ends with the newest that was counted', (request, expected) => {
  expect(onlyCounted(request, { count: 2, newestAt })).toEqual(expected);
});

it('nothing was counted, so there is no newest', () => {
  expect(onlyCounted({ error: 'x' }, { count: 0 })).toEqual({ error: 'x' });
});
