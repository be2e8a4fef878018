import type { Inbox } from '@call-status/core';
import type { CallQuery } from '@call-status/core/inbox';
import { callAt } from './calls.ts';

/** What a board asks, and how long the answer may take. */
export interface Question {
  readonly name: string;
  readonly wantedMs?: number;
  readonly ask: (inbox: Inbox) => Promise<unknown>;
  /** The pause before it is asked again: some answers are given twice. */
  readonly pauseMs?: number;
}

const HOUR = 3_600_000;

const PAGE_MS = 2;
const SEARCH_MS = 20;

/** What the board asks of a store with so many calls that was filled at a time. */
export function questionsOf(calls: number, now: number): readonly Question[] {
  const ago = (ms: number): Date => new Date(now - ms);
  const some = callAt(Math.floor(calls / 3), calls, now);
  const searches: Readonly<Record<string, CallQuery>> = {
    'search, id': { search: some.callId.slice(0, 8) },
    'search, number': { search: some.from },
    'search, last digits': { search: some.from.slice(-6) },
    'search, digits of all': { search: '1555' },
  };
  const filters: Readonly<Record<string, CallQuery>> = {
    'no filter': {},
    live: { state: 'live' },
    ended: { state: 'ended' },
    completed: { status: 'completed' },
    'busy, no-answer': { status: ['busy', 'no-answer'] },
    canceled: { status: 'canceled' },
    queued: { status: 'queued' },
    answered: { answered: true },
    unanswered: { answered: false },
    'live, unanswered': { state: 'live', answered: false },
    // Calls fall silent while this runs.
    stuck: { silentForMs: Date.now() - now + HOUR / 6 },
    conflict: { hasConflict: true },
    'dead letter': { hasDeadLetter: true },
    'an hour of last week': { since: ago(168 * HOUR), until: ago(167 * HOUR) },
  };
  const ofProvider = (name: string, all: Readonly<Record<string, CallQuery>>): Record<string, CallQuery> =>
    Object.fromEntries(Object.entries(all).map(([key, query]) => [`${key}, ${name}`, { ...query, provider: name }]));
  const pages = { ...filters, ...ofProvider('acme', filters), ...ofProvider('rare', filters) };
  const changed = Object.entries({ ...pages, ...searches }).map(
    ([name, query]) => [`${name}, changed`, { ...query, changedSince: ago(1000) }] as const,
  );
  const page = (wantedMs: number, [name, query]: readonly [string, CallQuery]): Question => ({
    name,
    wantedMs,
    ask: (inbox) => inbox.listCalls({ ...query, limit: 50 }),
  });
  const stats = (hours: number): Question => ({
    name: `stats, ${hours} hours`,
    ask: (inbox) => inbox.stats({ since: ago(hours * HOUR), until: ago(0), bucketMs: hours * 50_000, by: 'status' }),
  });
  return [
    ...Object.entries(pages).map((each) => page(PAGE_MS, each)),
    ...Object.entries(searches).map((each) => page(SEARCH_MS, each)),
    ...changed.map((each) => page(PAGE_MS, each)),
    { name: 'feed, 200 events', wantedMs: 1, ask: (inbox) => inbox.events({ after: `${calls * 3}-0`, limit: 200 }) },
    { name: 'health', wantedMs: 1, pauseMs: 1100, ask: (inbox) => inbox.health() },
    { name: 'counts', ask: (inbox) => inbox.counts() },
    stats(24),
    stats(168),
    { name: 'dead letters', ask: (inbox) => inbox.deadLetters.list() },
    { name: 'dead letters of a group', ask: (inbox) => inbox.deadLetters.list({ error: 'No user *' }) },
    { name: 'groups of dead letters', ask: (inbox) => inbox.deadLetters.groups() },
  ];
}
