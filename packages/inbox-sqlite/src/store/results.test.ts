import { expect, it } from 'vitest';
import { Outcomes } from './results.ts';

it('a result that is reported twice gets the same answer, and a different one is lost', () => {
  const outcomes = new Outcomes();
  outcomes.add('t1', 'finish');
  expect([outcomes.of('t1', 'finish'), outcomes.of('t1', 'fail')]).toEqual(['done', 'lost']);
  outcomes.commit();
  expect([outcomes.of('t1', 'finish'), outcomes.of('t1', 'fail')]).toEqual(['done', 'lost']);
  expect(outcomes.of('t2', 'finish')).toBeUndefined();
});

it('a result that was rolled back is not remembered', () => {
  const outcomes = new Outcomes();
  outcomes.add('t1', 'finish');
  outcomes.rollback();
  outcomes.commit();
  expect(outcomes.of('t1', 'finish')).toBeUndefined();
});

it('the last ten thousand results are remembered, and at most twice as many', () => {
  const outcomes = new Outcomes();
  for (let at = 0; at < 30_000; at++) {
    outcomes.add(`t${at}`, 'release');
    outcomes.commit();
    if (at === 19_999)
      expect([outcomes.of('t9999', 'release'), outcomes.of('t10000', 'release')]).toEqual([undefined, 'done']);
  }
  expect(outcomes.of('t20000', 'release')).toBe('done');
  expect(outcomes.of('t19999', 'release')).toBeUndefined();
});
