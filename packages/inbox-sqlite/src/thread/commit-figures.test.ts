import { expect, it } from 'vitest';
import { CommitFigures } from './commit-figures.ts';

it('says nothing before the first write, and then whether the last one succeeded', () => {
  const figures = new CommitFigures();
  expect(figures.get()).toEqual({});
  figures.failed();
  expect(figures.get()).toEqual({ writable: false });
  figures.done(3);
  expect(figures.get()).toEqual({ writable: true, lastCommitAt: expect.any(String), commitMs: { p50: 3, p99: 3 } });
  figures.failed();
  expect(figures.get()).toMatchObject({ writable: false, commitMs: { p50: 3 } });
});

it('tells how long the recent commits took', () => {
  const figures = new CommitFigures();
  for (let ms = 1; ms <= 1000; ms++) figures.done(ms);
  expect(figures.get().commitMs).toEqual({ p50: 872, p99: 997 });
});
