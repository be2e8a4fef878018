import { expect, it } from 'vitest';
import { Endings } from './endings.ts';

it('answers a result of a job that is gone as it did before', () => {
  const endings = new Endings();
  expect(endings.outcomeOf('a', 'finish', 'gone')).toBe('gone');
  expect(endings.outcomeOf('a', 'finish', 'done')).toBe('done');
  expect(endings.outcomeOf('a', 'finish', 'gone')).toBe('done');
  expect(endings.outcomeOf('a', 'fail', 'gone')).toBe('lost');
  expect(endings.outcomeOf('a', 'finish', 'lost')).toBe('lost');
});

it('forgets the oldest', () => {
  const endings = new Endings();
  for (let at = 0; at < 15_000; at++) endings.outcomeOf(`${at}`, 'finish', 'done');
  expect(endings.outcomeOf('14999', 'finish', 'gone')).toBe('done');
  expect(endings.outcomeOf('5001', 'finish', 'gone')).toBe('done');
  for (let at = 15_000; at < 25_000; at++) endings.outcomeOf(`${at}`, 'finish', 'done');
  expect(endings.outcomeOf('0', 'finish', 'gone')).toBe('gone');
});
