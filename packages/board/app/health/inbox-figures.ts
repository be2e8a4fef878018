import type { HealthPage } from '../../src/api/types.ts';
import { formatAgo, formatBytes, formatCount, formatMs, formatSpan } from '../shared/format.ts';

type InboxHealth = HealthPage['health'];

/** `watch`: look again in a few minutes. `act`: something does not work. */
export type Level = 'fine' | 'watch' | 'act';

/** A figure of the inbox, in words. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly level: Level;
  /** What it means, and what to do if it is not fine. */
  readonly about: string;
  /** Where to see what it counts. */
  readonly href?: string;
}

const SLOW_MS = 10_000;
const STUCK_MS = 60_000;
const SLOW_COMMIT_MS = 100;

/** How the events and the calls are: the figures that every operator should know. */
export function inboxFigures(health: InboxHealth, nowMs: number): readonly Figure[] {
  const { due, lagMs, retrying, nextRetryAt, blocked, running, dead, live, silent, watches, refused } = health;
  const next = nextRetryAt === undefined ? '' : ` The next one is due ${formatAgo(nowMs - Date.parse(nextRetryAt))}.`;
  const isLost = lagMs > STUCK_MS && health.workers.length === 0;
  return [
    {
      name: 'Due',
      value: formatCount(due),
      level: isLost ? 'act' : 'fine',
      about: isLost
        ? 'Events wait, and no worker has reported for a minute. Start a process with handlers.'
        : 'Events that a worker can take now.',
    },
    {
      name: 'Lag',
      value: formatSpan(lagMs),
      level: lagMs > STUCK_MS ? 'act' : lagMs > SLOW_MS ? 'watch' : 'fine',
      about:
        lagMs > SLOW_MS
          ? 'The oldest event has waited for too long. Add workers, raise their concurrency, or make the handlers faster.'
          : 'For how long the oldest of them has waited.',
    },
    { name: 'Running', value: formatCount(running), level: 'fine', about: 'Events that handlers have now.' },
    {
      name: 'Retrying',
      value: formatCount(retrying),
      level: 'fine',
      about: `Events that failed or were interrupted, and are tried again.${next}`,
    },
    {
      name: 'Blocked',
      value: formatCount(blocked),
      level: 'fine',
      about: 'Events that wait for an earlier event of their call.',
    },
    {
      name: 'Dead',
      value: formatCount(dead),
      level: dead > 0 ? 'act' : 'fine',
      about:
        dead > 0
          ? 'Events that no attempt could handle. Fix the cause, then replay them.'
          : 'No event has failed for good.',
      href: '#/dead',
    },
    {
      name: 'Live',
      value: formatCount(live),
      level: 'fine',
      about: 'Calls that have not ended.',
      href: '#/?state=live',
    },
    {
      name: 'Silent',
      value: atMost(silent),
      level: silent > 0 ? 'watch' : 'fine',
      about:
        silent > 0
          ? 'Live calls without an event for ten minutes: long calls, or callbacks that never came.'
          : 'No live call has been without an event for ten minutes.',
      href: '#/?stuck=true',
    },
    {
      name: 'Watches',
      value: `${atMost(watches.missing)} · ${atMost(watches.stuck)} · ${atMost(watches.failed)}`,
      level: watches.failed > 0 ? 'act' : watches.missing + watches.stuck > 0 ? 'watch' : 'fine',
      about:
        watches.failed > 0
          ? 'Missing · stuck · failed. A notice could not be delivered: the handler of onMissing throws.'
          : 'Missing · stuck · failed: expected calls without a callback, calls that do not end, and notices without success.',
    },
    {
      name: 'Refused',
      value: formatCount(refused.kept + refused.uncounted),
      level: 'fine',
      about:
        refused.uncounted > 0
          ? `Callbacks that were refused; ${formatCount(refused.uncounted)} of them are only counted, because there were too many.`
          : 'Callbacks that were refused, and are kept.',
      href: '#/refused',
    },
    ...storeFigures(health.store, nowMs),
  ];
}

function storeFigures(store: InboxHealth['store'], nowMs: number): readonly Figure[] {
  const { writable, lastCommitAt, commitMs, bytes, walBytes } = store;
  const last = lastCommitAt === undefined ? '' : ` Last commit ${formatAgo(nowMs - Date.parse(lastCommitAt))}.`;
  const isSlow = commitMs !== undefined && commitMs.p99 > SLOW_COMMIT_MS;
  return [
    {
      name: 'Store',
      value: writable === undefined ? 'not known' : writable ? 'writable' : 'not writable',
      level: writable === false ? 'act' : 'fine',
      about:
        writable === false
          ? 'Nothing can be recorded, and providers get 503. Check the disk, its space, and the database.'
          : writable === undefined
            ? 'This process has not written yet.'
            : `Callbacks can be recorded.${last}`,
    },
    ...(commitMs
      ? [
          {
            name: 'Commit',
            value: `${formatMs(commitMs.p50)} · ${formatMs(commitMs.p99)}`,
            level: isSlow ? 'watch' : 'fine',
            about: isSlow ? 'Median · slowest percent. The disk or the database is slow.' : 'Median · slowest percent.',
          } satisfies Figure,
        ]
      : []),
    ...(bytes === undefined
      ? []
      : [
          {
            name: 'Size',
            value: formatBytes(bytes),
            level: 'fine',
            about:
              walBytes === undefined
                ? 'Space that the store takes.'
                : `With a log of ${formatBytes(walBytes)} that is not merged yet.`,
          } satisfies Figure,
        ]),
  ];
}

/** What is not fine, the worst first. */
export function verdictOf(figures: readonly Figure[]): readonly { readonly level: Level; readonly text: string }[] {
  const verdicts = (['act', 'watch'] as const).map((level) => ({
    level,
    text: figures
      .filter((figure) => figure.level === level)
      .map(({ name, value }) => `${name.toLowerCase()} ${value}`)
      .join(', '),
  }));
  const some = verdicts.filter(({ text }) => text !== '');
  return some.length > 0 ? some : [{ level: 'fine', text: 'everything is handled in time' }];
}

/** These counts stop at 1000. */
function atMost(count: number): string {
  return count >= 1000 ? '1,000+' : formatCount(count);
}
