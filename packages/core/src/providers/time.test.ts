import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iso8601, rfc2822 } from './time.ts';

describe('iso8601', () => {
  it.each([
    ['2025-12-13T12:00:00.000Z', '2025-12-13T12:00:00.000Z'],
    ['2025-12-13T12:00:00Z', '2025-12-13T12:00:00.000Z'],
    ['2025-12-13T12:00Z', '2025-12-13T12:00:00.000Z'],
    ['2025-12-13T12:00:00.5+05:30', '2025-12-13T06:30:00.500Z'],
    ['2025-12-13T12:00:00-0100', '2025-12-13T13:00:00.000Z'],
    ['2025-12-13T12:00:00', undefined],
    ['2025-12-13', undefined],
    ['2025-13-13T12:00:00Z', undefined],
    ['now', undefined],
    [1765627200, undefined],
    [null, undefined],
  ])('%j is %j', (value, expected) => expect(iso8601(value)).toBe(expected));
});

describe('rfc2822', () => {
  it.each([
    ['Thu, 25 Jun 2026 20:26:02 +0000', '2026-06-25T20:26:02.000Z'],
    ['Thu, 25 Jun 2026 22:26:02 +0200', '2026-06-25T20:26:02.000Z'],
    ['Thu, 25 Jun 2026 20:26:02 GMT', '2026-06-25T20:26:02.000Z'],
    ['5 Jun 2026 20:26 -0030', '2026-06-05T20:56:00.000Z'],
    ['Thu, 25 Jux 2026 20:26:02 +0000', undefined],
    ['Thu, 25 Jun 2026 25:26:02 +0000', undefined],
    ['Thu, 25 Jun 2026 20:26:02', undefined],
    ['1', undefined],
    ['', undefined],
    [20260625, undefined],
    [undefined, undefined],
  ])('%j is %j', (value, expected) => expect(rfc2822(value)).toBe(expected));

  it('agrees with the calendar of the platform', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.constantFrom('GMT', '+0000'), (time, zone) => {
        const expected = `${time.toISOString().slice(0, 19)}.000Z`;
        expect(rfc2822(time.toUTCString().replace('GMT', zone))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
