import { expect, it } from 'vitest';
import { monotonicNow } from '../timers.ts';
import { CommitTimes } from './commit-times.ts';

it('knows nothing before the first write', () => {
  const times = new CommitTimes();
  expect([times.lastAt, times.quantile(0.5)]).toEqual([undefined, undefined]);
  expect(times.writable()).toEqual({ writable: true, writableBy: 'connection' });
});

it('remembers the last two hundred commits', () => {
  const times = new CommitTimes();
  for (let ms = 1; ms <= 300; ms++) times.add(ms);
  expect([times.quantile(0), times.quantile(0.5), times.quantile(1)]).toEqual([101, 201, 300]);
});

it('goes by the last write for ten seconds', () => {
  const times = new CommitTimes();
  times.add(1);
  expect(times.writable()).toEqual({ writable: true, writableBy: 'write' });
  times.failed();
  expect(times.writable()).toEqual({ writable: false, writableBy: 'write' });
  expect(times.writable(monotonicNow() + 9000)).toEqual({ writable: false, writableBy: 'write' });
  expect(times.writable(monotonicNow() + 10_001)).toEqual({ writable: true, writableBy: 'connection' });
});
