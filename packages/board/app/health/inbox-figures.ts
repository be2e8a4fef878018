import type { HealthPage } from '../../src/api/types.ts';
import { formatAgo, formatBytes, formatCount, formatMs, formatSpan } from '../shared/format.ts';

/** `watch`: look again in a few minutes. `act`: something does not work. */
export type Level = 'fine' | 'watch' | 'act';

/** A figure of the inbox: what it means, and what to do if it is not fine; and where to see what it counts. */
export type Figure = readonly [name: string, value: string, level: Level, about: string, href?: string];

const SLOW_MS = 10_000;
const STUCK_MS = 60_000;
const SLOW_COMMIT_MS = 100;

/** How the events and the calls are: the figures that every operator should know. */
export function inboxFigures(health: HealthPage['health'], nowMs: number): readonly Figure[] {
  const { lagMs, nextRetryAt, dead, silent, watches, refused, store } = health;
  const { writable, lastCommitAt, commitMs, bytes, walBytes } = store;
  const ago = (at: string | undefined) => (at === undefined ? '' : `, ${formatAgo(nowMs - Date.parse(at))}`);
  const figures: Figure[] = [
    ['Due', formatCount(health.due), 'fine', 'Events that a worker can take now.'],
    [
      'Lag',
      formatSpan(lagMs),
      worst(lagMs > STUCK_MS, lagMs > SLOW_MS),
      'For how long the oldest of them has waited. If it grows: add workers, or make handlers faster.',
    ],
    ['Running', formatCount(health.running), 'fine', 'Events that handlers have now.'],
    [
      'Retrying',
      formatCount(health.retrying) + ago(nextRetryAt),
      'fine',
      'Events that failed or were interrupted, and when the first of them is due.',
    ],
    ['Blocked', formatCount(health.blocked), 'fine', 'Events that wait for an earlier one of their call.'],
    [
      'Dead',
      formatCount(dead),
      worst(dead > 0),
      'Events that no attempt could handle. Fix the cause, then replay them.',
      '#/dead',
    ],
    ['Live', formatCount(health.live), 'fine', 'Calls that have not ended.', '#/?state=live'],
    [
      'Silent',
      atMost(silent),
      worst(false, silent > 0),
      'Live calls without an event for ten minutes: long calls, or callbacks that never came.',
      '#/?stuck=true',
    ],
    [
      'Watches',
      [watches.missing, watches.stuck, watches.failed].map(atMost).join(' · '),
      worst(watches.failed > 0, watches.missing + watches.stuck > 0),
      'Expected calls without a callback · calls that do not end · notices that no handler took.',
    ],
    [
      'Refused',
      formatCount(refused.kept + refused.uncounted),
      'fine',
      'Callbacks that were not accepted. Equal ones of a second count once.',
      '#/refused',
    ],
    [
      'Store',
      (writable === undefined ? 'not known' : writable ? 'writable' : 'not writable') + ago(lastCommitAt),
      worst(writable === false),
      'Whether callbacks can be recorded. If not: check the disk and the database.',
    ],
  ];
  if (commitMs) {
    const value = `${formatMs(commitMs.p50)} · ${formatMs(commitMs.p99)}`;
    figures.push(['Commit', value, worst(false, commitMs.p99 > SLOW_COMMIT_MS), 'Median · slowest percent.']);
  }
  if (bytes !== undefined) figures.push(['Size', formatBytes(bytes), 'fine', 'What the store takes.']);
  if (walBytes !== undefined) {
    figures.push([
      'Log size',
      formatBytes(walBytes),
      'fine',
      'How much of it is a log that is not merged into the file yet.',
    ]);
  }
  return figures;
}

/** The names and values that have a level. */
export function namesOf(figures: readonly Figure[], level: Level): string {
  return figures
    .filter((figure) => figure[2] === level)
    .map(([name, value]) => `${name.toLowerCase()} ${value}`)
    .join(', ');
}

function worst(act: boolean, watch = false): Level {
  return act ? 'act' : watch ? 'watch' : 'fine';
}

/** These counts stop at 1000. */
function atMost(count: number): string {
  return formatCount(count) + (count < 1000 ? '' : '+');
}
