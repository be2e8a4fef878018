import { expect, it } from 'vitest';
import { CommitTimes } from './commit-times.ts';

it('knows nothing before the first write', () => {
  const times = new CommitTimes();
  expect([times.isWritable, times.lastAt, times.quantile(0.5)]).toEqual([undefined, undefined, undefined]);
});

it('remembers the last two hundred commits', () => {
  const times = new CommitTimes();
  for (let ms = 1; ms <= 300; ms++) times.add(ms);
  expect([times.quantile(0), times.quantile(0.5), times.quantile(1)]).toEqual([101, 201, 300]);
  expect(times.isWritable).toBe(true);
  times.failed();
  expect(times.isWritable).toBe(false);
});
