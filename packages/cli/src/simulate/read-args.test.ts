import { expect, it } from 'vitest';
import { countOf, faultsOf, mixOf, rateOf } from './read-args.ts';

it('reads scenarios, faults and numbers', () => {
  expect(mixOf('voicemail', undefined)).toEqual(new Map([['voicemail', 1]]));
  expect(mixOf(undefined, undefined).size).toBe(9);
  expect(mixOf('mixed', 'voicemail=3, outbound-busy,')).toEqual(
    new Map([
      ['voicemail', 3],
      ['outbound-busy', 1],
    ]),
  );
  expect(faultsOf('duplicate=5%, shuffle,late=0.02,drop-terminal=.5%,abort=100%')).toEqual({
    duplicate: 0.05,
    shuffle: 1,
    late: 0.02,
    dropTerminal: 0.005,
    abort: 1,
  });
  expect(faultsOf(undefined)).toEqual({});
  expect([rateOf('max'), rateOf('0.5'), countOf('100_000', '--calls')]).toEqual([Infinity, 0.5, 100_000]);
});

it.each<[read: () => unknown, message: string]>([
  [() => mixOf('outbound-bsy', undefined), 'There is no scenario "outbound-bsy".'],
  [() => mixOf('voicemail', 'voicemail'), 'SCENARIO and --mix are both given.'],
  [() => mixOf(undefined, 'voicemail=x'), '--mix has no weight "x".'],
  [() => mixOf(undefined, 'voicemail=0'), '--mix has no weight "0".'],
  [() => faultsOf('dupe=5%'), 'There is no fault "dupe".'],
  [() => faultsOf('late=105%'), 'The fault late is not "105%".'],
  [() => faultsOf('late='), 'The fault late is not "".'],
  [() => faultsOf('late=-1'), 'The fault late is not "-1".'],
  [() => countOf('0', '--calls'), '--calls is not "0".'],
  [() => countOf('1.5', '--calls'), '--calls is not "1.5".'],
  [() => countOf('11', '--calls', 10), '--calls is not "11".'],
  [() => rateOf('fast'), '--rate is not "fast".'],
  [() => rateOf(''), '--rate is not "".'],
  [() => rateOf('0'), '--rate is not "0".'],
])('%s is wrong usage', (read, message) => {
  expect(read).toThrow(message);
});
