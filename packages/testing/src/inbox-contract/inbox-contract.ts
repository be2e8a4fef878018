import type { ContractTest } from '../contract-test.ts';
import type { Tests } from './bench/bench.ts';
import { Bench } from './bench/bench.ts';
import { CALLS } from './calls/calls.ts';
import { ENDING } from './calls/ending.ts';
import { FEED, FEED_OF_A_DURABLE_INBOX, FEED_OF_A_RETAINING_INBOX } from './calls/feed.ts';
import { FILTERS } from './calls/filters.ts';
import { MOVING } from './calls/moving.ts';
import { QUERIES } from './calls/queries.ts';
import { SEARCH } from './calls/search.ts';
import { STATISTICS } from './calls/statistics.ts';
import { SUMMARIES } from './calls/summaries.ts';
import type { InboxUnderTest, MakeInbox } from './inbox-under-test.ts';
import { DEAD_LETTER_GROUPS } from './jobs/dead-letter-groups.ts';
import { DEAD_LETTERS } from './jobs/dead-letters.ts';
import { GIVING_OUT } from './jobs/giving-out.ts';
import { LIMITS } from './jobs/limits.ts';
import { LOST_ANSWERS, LOST_ANSWERS_OF_TWO } from './jobs/lost-answers.ts';
import { ORDER } from './jobs/order.ts';
import { RESULTS } from './jobs/results.ts';
import { SUSPECTS } from './jobs/suspects.ts';
import { MOVED_TRACES, TRACES } from './jobs/traces.ts';
import { TRANSACTIONS } from './jobs/transactions.ts';
import { CALLS_HEALTH } from './operation/calls-health.ts';
import { HEALTH } from './operation/health.ts';
import { REFUSALS, REFUSALS_OF_A_DURABLE_INBOX } from './operation/refusals.ts';
import { RESTART } from './operation/restart.ts';
import { DURABLE_RETENTION, RETENTION } from './operation/retention.ts';
import { WORKERS } from './operation/workers.ts';
import { AT_ONCE } from './recording/at-once.ts';
import { HANDLED, HANDLED_BY_ANOTHER } from './recording/handled.ts';
import { RECORDING } from './recording/recording.ts';
import { TEXTS } from './recording/texts.ts';
import { AT_ONCE_AT_TWO } from './sharing/at-once.ts';
import { FEED_OF_TWO } from './sharing/feed-of-two.ts';
import { REDELIVERY_OF_MANY } from './sharing/redelivery.ts';
import { RETENTION_OF_MANY } from './sharing/retention-of-many.ts';
import { DURABLE_VIEWS, SHARED_VIEWS } from './sharing/shared-views.ts';
import { SHARING } from './sharing/sharing.ts';
import { STORE_CLOCK, TWO_CLOCKS } from './sharing/two-clocks.ts';
import { TWO_HOSTS } from './sharing/two-hosts.ts';
import { WATCHES_AFTER_A_RESTART, WATCHES_AND_RETENTION } from './watches/lasting.ts';
import { LEADING, WATCHES_BY_THE_STORE_CLOCK, WATCHES_OF_TWO } from './watches/leading.ts';
import { MANY_WATCHES } from './watches/many.ts';
import { WATCH_STATES } from './watches/states.ts';
import { WATCHING } from './watches/watching.ts';

/** Tests by subject. */
type Subjects = Readonly<Record<string, Tests>>;

/** The guarantees of the interface. */
const EVERY_INBOX: Subjects = {
  recording: RECORDING,
  'events at once': AT_ONCE,
  'handing out jobs': GIVING_OUT,
  'the order of a call': ORDER,
  limits: LIMITS,
  traces: TRACES,
  suspects: SUSPECTS,
  results: RESULTS,
  'lost answers': LOST_ANSWERS,
  'dead letters': DEAD_LETTERS,
  'looking at calls': CALLS,
  'a query': QUERIES,
  'ending and erasing calls': ENDING,
  summaries: SUMMARIES,
  filters: FILTERS,
  search: SEARCH,
  'the feed': FEED,
  statistics: STATISTICS,
  refusals: REFUSALS,
  'handled events': HANDLED,
  'groups of dead letters': DEAD_LETTER_GROUPS,
  health: HEALTH,
  'health of calls': CALLS_HEALTH,
  workers: WORKERS,
  texts: TEXTS,
  watching: WATCHING,
  'watched calls': WATCH_STATES,
  leading: LEADING,
  'many watches': MANY_WATCHES,
};
const DURABLE_INBOX: Subjects = {
  'a restart': RESTART,
  'the feed after a restart': FEED_OF_A_DURABLE_INBOX,
  'refusals after a restart': REFUSALS_OF_A_DURABLE_INBOX,
  'views after a restart': DURABLE_VIEWS,
  'watches after a restart': WATCHES_AFTER_A_RESTART,
};
const RETAINING_INBOX: Subjects = {
  retention: RETENTION,
  'the feed and retention': FEED_OF_A_RETAINING_INBOX,
  'watches and retention': WATCHES_AND_RETENTION,
};
const SHARED_INBOX: Subjects = {
  'two at one store': SHARING,
  'two at once': AT_ONCE_AT_TWO,
  'two clocks': TWO_CLOCKS,
  'lost answers of two': LOST_ANSWERS_OF_TWO,
  'the feed of two': FEED_OF_TWO,
  'two hosts': TWO_HOSTS,
  'events handled by another': HANDLED_BY_ANOTHER,
  'two that show the same': SHARED_VIEWS,
  'watches of two': WATCHES_OF_TWO,
};

/**
 * The tests that an inbox must pass, including those for restarts if it has `reopen`, for hosts at one store if it has `second`, and for
 * retention if it has `retention`: see {@link InboxUnderTest}.
 *
 * @param makeInbox makes an empty inbox for each test
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { memoryInbox } from '@call-status/core';
 * import { inboxContract } from '@call-status/testing';
 *
 * const tests = await inboxContract(({ clock }) => {
 *   const inbox = memoryInbox({ clock }); // your inbox here; it must use `clock`
 *   return { inbox, cleanup: () => inbox.close() };
 * });
 * for (const { name, run } of tests) test(name, run);
 * ```
 */
export async function inboxContract(makeInbox: MakeInbox): Promise<readonly ContractTest[]> {
  const probe = await makeInbox({ clock: Date.now, advance: () => {} });
  const more = subjectsOf(probe);
  await probe.cleanup();
  return Object.entries({ ...EVERY_INBOX, ...more }).flatMap(([subject, tests]) =>
    Object.entries(tests).map(([name, test]) => ({
      subject,
      name: `${subject}: ${name}`,
      run: () => runTest(makeInbox, test),
    })),
  );
}

/** What an inbox must do because of what it is, or because it has an optional member. */
function subjectsOf(probe: InboxUnderTest): Subjects {
  const { inbox } = probe;
  const isShared = probe.second !== undefined;
  const isDurable = probe.reopen !== undefined;
  const isRetaining = probe.retention !== undefined;
  return {
    ...(isRetaining && RETAINING_INBOX),
    ...(isDurable && DURABLE_INBOX),
    ...(isShared && SHARED_INBOX),
    ...(probe.storeClock === true && { 'the clock of the store': { ...STORE_CLOCK, ...WATCHES_BY_THE_STORE_CLOCK } }),
    ...(isRetaining && isShared && { 'retention of many': RETENTION_OF_MANY }),
    ...(isRetaining && isDurable && { 'retention in a store': DURABLE_RETENTION }),
    ...(isRetaining && isDurable && isShared && { 'redelivery to many': REDELIVERY_OF_MANY }),
    ...(inbox.transaction !== undefined && { transactions: TRANSACTIONS }),
    ...(inbox.importCall !== undefined && { 'moving calls': { ...MOVING, ...MOVED_TRACES } }),
  };
}

async function runTest(makeInbox: MakeInbox, test: Tests[string]): Promise<void> {
  const bench = await Bench.make(makeInbox);
  try {
    await test(bench);
  } finally {
    await bench.cleanup();
  }
}
