import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask } from '../../text/mask.ts';
import { errorGroupOf } from './error-group.ts';

const PARTS = ['+', '1', '555', '0100001', ' ', '-', '(', ')', '.', 'a', 'f', 'sip:', 'sip%3A', '@', '%40', ':', '"'];
const UNUSUAL = [
  "'",
  '１',
  '٣',
  '½',
  '𝟙',
  '၁',
  '\u200b',
  '\u00ad',
  '%2B',
  '*',
  '/',
  ';',
  '五',
  'alice',
  '\0',
  '\ud800',
];
const text = fc.array(fc.constantFrom(...PARTS, ...UNUSUAL), { maxLength: 24 }).map((parts) => parts.join(''));

describe('the group of an error', () => {
  it.each([
    ['No route to １５５５０１００００１', 'No route to *'],
    ['No route to ٠١٢٣٤٥٦٧٨٩', 'No route to *'],
    ['Cannot call sip:alice@', 'Cannot call *@'],
    ['Cannot call sip%3Aalice%40example.com', 'Cannot call *%*example.com'],
  ])('of %s is %s', (error, group) => {
    expect(errorGroupOf(error)).toBe(group);
  });

  it('has nothing to mask, so that who sees it masked can ask for it', () => {
    fc.assert(
      fc.property(text, (error) => {
        const group = errorGroupOf(error);
        expect(mask(group)).toBe(group);
      }),
      { numRuns: 3000 },
    );
  });
});
