import { expect, it } from 'vitest';
import { type Entry, SerialLog } from './serial-log.ts';

const serialsOf = (entries: readonly Entry<unknown>[]) => entries.map(({ serial }) => serial);

it('finds what is left, in both directions, whatever was removed', () => {
  const log = new SerialLog<string>();
  // Every third number, so that most are not in the log.
  const entries = Array.from({ length: 3000 }, (_, at) => log.append(`item ${at}`, at * 3));
  const removed = (at: number) => (at >= 600 && at < 1700) || at % 7 === 3 || at > 2900;
  for (const [at, entry] of entries.entries()) if (removed(at)) log.remove(entry);
  const left = entries.flatMap((_, at) => (removed(at) ? [] : [at * 3]));
  expect(log.size).toBe(left.length);
  expect(serialsOf(log.after(-1, 5000))).toEqual(left);
  expect(serialsOf(log.before(Number.POSITIVE_INFINITY, 5000))).toEqual(left.toReversed());
  for (const from of [0, 1, 2, 1797, 1800, 3333, 5099, 5100, 8698, 9000]) {
    expect(serialsOf(log.after(from, 40))).toEqual(left.filter((serial) => serial > from).slice(0, 40));
    const lower = left.filter((serial) => serial < from);
    expect(serialsOf(log.before(from, 40))).toEqual(lower.toReversed().slice(0, 40));
  }
});

it('can be emptied and filled again', () => {
  const log = new SerialLog<string>();
  expect([log.after(0, 1), log.before(9, 1)]).toEqual([[], []]);
  for (let serial = 1; serial < 2000; serial++) {
    const entry = log.append('one', serial);
    expect(serialsOf(log.after(0, 9))).toEqual([serial]);
    log.remove(entry);
    expect(entry.item).toBeUndefined();
    expect(log.before(serial + 1, 9)).toEqual([]);
  }
});
