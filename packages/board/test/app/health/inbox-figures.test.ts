import { expect, test } from 'vitest';
import { inboxFigures, namesOf } from '../../../app/health/inbox-figures.ts';
import type { HealthPage } from '../../../src/api/types.ts';

const NOW = Date.parse('2026-11-30T10:00:00.000Z');
const fine: HealthPage['health'] = {
  due: 3,
  lagMs: 200,
  retrying: 1,
  nextRetryAt: '2026-11-30T10:00:30.000Z',
  blocked: 0,
  running: 2,
  dead: 0,
  live: 1234,
  silent: 0,
  providers: [],
  refused: { kept: 2, lastDay: 2, uncounted: 3 },
  watches: { missing: 0, stuck: 0, failed: 0 },
  store: {},
  workers: [],
};

/** The value and the level of a figure. */
function figure(health: Partial<HealthPage['health']>, name: string) {
  return inboxFigures({ ...fine, ...health }, NOW)
    .find((candidate) => candidate[0] === name)
    ?.slice(1, 3);
}

test('an inbox that is fine has nothing to watch', () => {
  const figures = inboxFigures(fine, NOW);
  expect([namesOf(figures, 'act'), namesOf(figures, 'watch')]).toEqual(['', '']);
  expect(figure({}, 'Live')).toEqual(['1,234', 'fine']);
  expect(figure({}, 'Retrying')).toEqual(['1, in 30 s', 'fine']);
  expect(figure({}, 'Refused')).toEqual(['5', 'fine']);
});

test('what does not work is apart from what to watch', () => {
  const figures = inboxFigures({ ...fine, dead: 217, lagMs: 12_000, silent: 1000 }, NOW);
  expect([namesOf(figures, 'act'), namesOf(figures, 'watch')]).toEqual(['dead 217', 'lag 12 s, silent 1,000+']);
  expect(figure({ lagMs: 61_000 }, 'Lag')).toEqual(['1 min', 'act']);
});

test('the store says only what is known about it', () => {
  expect(figure({}, 'Store')).toEqual(['not known', 'fine']);
  expect([figure({}, 'Commit'), figure({}, 'Size')]).toEqual([undefined, undefined]);
  expect(figure({ store: { writable: false } }, 'Store')).toEqual(['not writable', 'act']);
  expect(figure({ store: { writable: true, lastCommitAt: '2026-11-30T09:59:58.000Z' } }, 'Store')).toEqual([
    'writable, 2 s ago',
    'fine',
  ]);
  expect(figure({ store: { commitMs: { p50: 1, p99: 250 } } }, 'Commit')).toEqual(['1.0 ms · 250 ms', 'watch']);
  expect(figure({ store: { bytes: 12_300_000 } }, 'Size')).toEqual(['12.3 MB', 'fine']);
  expect(figure({ store: { bytes: 12_300_000, walBytes: 4_100_000 } }, 'Log size')).toEqual(['4.1 MB', 'fine']);
});

test('notices without success need someone, expected calls only a look', () => {
  expect(figure({ watches: { missing: 1, stuck: 0, failed: 0 } }, 'Watches')).toEqual(['1 · 0 · 0', 'watch']);
  expect(figure({ watches: { missing: 1, stuck: 0, failed: 1 } }, 'Watches')).toEqual(['1 · 0 · 1', 'act']);
});
