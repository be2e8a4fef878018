import { expect, test } from 'vitest';
import { inboxFigures, verdictOf } from '../../../app/health/inbox-figures.ts';
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
  refused: { kept: 0, uncounted: 0 },
  watches: { missing: 0, stuck: 0, failed: 0 },
  store: {},
  workers: [],
};

function figure(health: Partial<HealthPage['health']>, name: string) {
  return inboxFigures({ ...fine, ...health }, NOW).find((candidate) => candidate.name === name);
}

test('an inbox that is fine says so', () => {
  expect(verdictOf(inboxFigures(fine, NOW))).toEqual([{ level: 'fine', text: 'everything is handled in time' }]);
  expect(figure({}, 'Live')).toMatchObject({ value: '1,234', level: 'fine' });
  expect(figure({}, 'Retrying')?.about).toContain('due in 30 s');
});

test('what does not work comes before what to watch', () => {
  expect(verdictOf(inboxFigures({ ...fine, dead: 217, lagMs: 12_000, silent: 1000 }, NOW))).toEqual([
    { level: 'act', text: 'dead 217' },
    { level: 'watch', text: 'lag 12 s, silent 1,000+' },
  ]);
});

test('a backlog without workers is another fault than one with slow workers', () => {
  expect(figure({ lagMs: 61_000 }, 'Due')).toMatchObject({ level: 'act' });
  expect(figure({ lagMs: 61_000 }, 'Lag')).toMatchObject({ level: 'act' });
  const worker = { owner: 'a', version: '1.0.0', handlers: [], running: 1, concurrency: 1, oldestRunningMs: 1 };
  expect(figure({ lagMs: 61_000, workers: [{ ...worker, lastSeenAt: fine.nextRetryAt ?? '' }] }, 'Due')).toMatchObject({
    level: 'fine',
  });
});

test('the store says only what is known about it', () => {
  expect(figure({}, 'Store')).toMatchObject({ value: 'not known', level: 'fine' });
  expect(figure({}, 'Size')).toBeUndefined();
  expect(figure({ store: { writable: false } }, 'Store')).toMatchObject({ level: 'act' });
  expect(figure({ store: { writable: true, lastCommitAt: '2026-11-30T09:59:58.000Z' } }, 'Store')?.about).toContain(
    '2 s ago',
  );
  expect(figure({ store: { commitMs: { p50: 1, p99: 250 } } }, 'Commit')).toMatchObject({
    value: '1.0 ms · 250 ms',
    level: 'watch',
  });
  expect(figure({ store: { bytes: 12_300_000, walBytes: 4000 } }, 'Size')).toMatchObject({ value: '12.3 MB' });
});

test('notices without success need someone, expected calls only a look', () => {
  expect(figure({ watches: { missing: 1, stuck: 0, failed: 0 } }, 'Watches')).toMatchObject({ level: 'watch' });
  expect(figure({ watches: { missing: 1, stuck: 0, failed: 1 } }, 'Watches')).toMatchObject({ level: 'act' });
});
