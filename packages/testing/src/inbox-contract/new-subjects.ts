import type { InboxHealth } from '@call-status/core/inbox';
import { acmeEvent } from './bench/acme-event.ts';
import type { Tests } from './bench/bench.ts';
import { FEED, FEED_OF_A_DURABLE_INBOX, FEED_OF_A_RETAINING_INBOX } from './calls/feed.ts';
import { FILTERS } from './calls/filters.ts';
import { queriesOf } from './calls/queries.ts';
import { SEARCH } from './calls/search.ts';
import { STATISTICS } from './calls/statistics.ts';
import { SUMMARIES } from './calls/summaries.ts';
import type { InboxUnderTest } from './inbox-under-test.ts';
import { DEAD_LETTER_GROUPS } from './jobs/dead-letter-groups.ts';
import { CALLS_HEALTH } from './operation/calls-health.ts';
import { REFUSALS, REFUSALS_OF_A_DURABLE_INBOX } from './operation/refusals.ts';
import { WORKERS } from './operation/workers.ts';
import { HANDLED, HANDLED_BY_ANOTHER } from './recording/handled.ts';
import { FEED_OF_TWO } from './sharing/feed-of-two.ts';
import { DURABLE_VIEWS, SHARED_VIEWS } from './sharing/shared-views.ts';
import { TWO_HOSTS } from './sharing/two-hosts.ts';

/** The tests of members that an inbox may lack. */
export async function newSubjects(probe: InboxUnderTest): Promise<Readonly<Record<string, Tests>>> {
  const { inbox, second, reopen, retention } = probe;
  const hasFeed = inbox.events !== undefined;
  const hasRefusals = inbox.refusals !== undefined;
  const hasGroups = inbox.deadLetters.groups !== undefined;
  const members: Readonly<Record<string, boolean>> = {
    events: hasFeed,
    stats: inbox.stats !== undefined,
    'refusals.list': hasRefusals,
    'deadLetters.groups': hasGroups,
  };
  const hasAll = hasFeed && hasRefusals && hasGroups && inbox.stats !== undefined && inbox.reportWorker !== undefined;
  await inbox.record(acmeEvent(Date.now, 'c1', 'ringing'));
  const { lastEvent } = (await inbox.listCalls()).rows[0] ?? {};
  const health: InboxHealth = await inbox.health();
  return {
    'a query of what is new': queriesOf((name) => members[name] === true),
    ...(hasFeed && { 'the feed': FEED }),
    ...(hasFeed && reopen && { 'the feed after a restart': FEED_OF_A_DURABLE_INBOX }),
    ...(hasFeed && retention && { 'the feed and retention': FEED_OF_A_RETAINING_INBOX }),
    ...(hasFeed && second && { 'the feed of two': FEED_OF_TWO, 'two hosts': TWO_HOSTS }),
    ...(inbox.stats && { statistics: STATISTICS }),
    ...(lastEvent && { summaries: SUMMARIES, filters: FILTERS, search: SEARCH }),
    ...(hasRefusals && { refusals: REFUSALS }),
    ...(hasRefusals && reopen && { 'refusals after a restart': REFUSALS_OF_A_DURABLE_INBOX }),
    ...(inbox.handled && { 'handled events': HANDLED }),
    ...(inbox.handled && second && { 'events handled by another': HANDLED_BY_ANOTHER }),
    ...(hasAll && second && { 'two that show the same': SHARED_VIEWS }),
    ...(hasAll && reopen && { 'views after a restart': DURABLE_VIEWS }),
    ...(hasGroups && { 'groups of dead letters': DEAD_LETTER_GROUPS }),
    ...(inbox.reportWorker && { workers: WORKERS }),
    ...(health.live !== undefined && { 'health of calls': CALLS_HEALTH }),
  };
}
