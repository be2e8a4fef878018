import { setImmediate } from 'node:timers/promises';
import { feedCursor } from '@call-status/core/inbox';
import { makeWrong, type WrongInbox, withJobs, withPages } from './wrong-inbox.ts';

const rowOf = (cursor: string): number => feedCursor.decode(cursor).row;

/** Inboxes that are wrong about what they show to people and tools, each in one way. */
export const WRONG_ABOUT_VIEWS: readonly WrongInbox[] = [
  [
    'has a feed that passes over what another transaction has still to commit',
    'the feed of two',
    makeWrong((right) => {
      const uncommitted = new Set<string>();
      return {
        async record(event) {
          uncommitted.add(event.id);
          const recorded = await right.record(event);
          // The shorter commits first.
          for (let turns = event.id.length; turns > 0; turns--) await setImmediate();
          uncommitted.delete(event.id);
          return recorded;
        },
        events: withPages(right, (page) => ({
          ...page,
          rows: page.rows.filter(({ event }) => !uncommitted.has(event.id)),
        })),
      };
    }),
  ],
  [
    'waits at a cursor from beyond the end of the feed',
    'the feed',
    makeWrong((right) => ({
      async events(query = {}) {
        const page = await right.events(query);
        const isBeyond = query.after !== undefined && rowOf(page.next) < rowOf(query.after);
        return isBeyond ? { rows: [], next: query.after, missed: false } : page;
      },
    })),
  ],
  [
    'reports again and again that events were missed',
    'the feed',
    makeWrong((right) => {
      let missed = false;
      return {
        events: withPages(right, (page) => {
          missed ||= page.missed;
          return { ...page, missed };
        }),
      };
    }),
  ],
  [
    'does not report that events were missed',
    'the feed',
    makeWrong((right) => ({ events: withPages(right, (page) => ({ ...page, missed: false })) })),
  ],
  [
    'records the same event once for each host',
    'two hosts',
    makeWrong((right) => {
      let deliveries = 0;
      return { record: (event) => right.record({ ...event, id: `${event.id}#${++deliveries}` }) };
    }),
  ],
  [
    'counts a call again when another end contradicts the first',
    'statistics',
    makeWrong((right) => ({
      async stats(query) {
        const rows = await right.stats(query);
        const again = (await right.listCalls({ hasConflict: true })).rows.length;
        return rows.map((row) => ({ ...row, calls: row.calls + again }));
      },
    })),
  ],
  [
    'takes what was handed out for handled',
    'handled events',
    makeWrong((right) => {
      const taken = new Set<string>();
      return {
        take: withJobs(right, (job) => {
          taken.add(job.event.id);
          return job;
        }),
        handled: async (events) => events.map(({ id }) => id).filter((id) => taken.has(id)),
      };
    }),
  ],
  [
    'keeps refused callbacks without a bound',
    'refusals',
    makeWrong((right) => ({
      refusals: {
        list: (query) => right.refusals.list(query),
        get: (id) => right.refusals.get(id),
        keep: (refusals, { uncounted }) =>
          right.refusals.keep(refusals, { rows: 1_000_000, bytes: 1_000_000_000, uncounted }),
      },
    })),
  ],
  [
    'counts all refused callbacks that it keeps as those of the last day',
    'refusals',
    makeWrong((right) => ({
      async health() {
        const health = await right.health();
        const { rows } = await right.refusals.list({ limit: 1000 });
        return { ...health, refused: { ...health.refused, lastDay: rows.reduce((sum, { count }) => sum + count, 0) } };
      },
    })),
  ],
  [
    'keeps refused callbacks of a call that was erased',
    'refusals',
    makeWrong((right) => ({
      async forgetCall(provider, callId, tenant) {
        const { rows } = await right.refusals.list({ limit: 1000 });
        const isErased = await right.forgetCall(provider, callId, tenant);
        const left = (await right.refusals.list({ limit: 1000 })).rows.map(({ id }) => id);
        const erased = rows.filter(({ id }) => !left.includes(id));
        await right.refusals.keep(erased, { rows: 500, bytes: 1_000_000, uncounted: 0 });
        return isErased;
      },
    })),
  ],
  [
    'searches numbers with wildcards',
    'search',
    makeWrong((right) => ({
      listCalls: ({ search, ...query } = {}) =>
        right.listCalls({ ...query, ...(search !== undefined && { search: search.replaceAll('_', 'x') }) }),
    })),
  ],
  [
    'takes the code of a SIP response for that of an error',
    'filters',
    makeWrong((right) => ({
      async listCalls({ errorCode, ...query } = {}) {
        const page = await right.listCalls(query);
        return {
          ...page,
          rows: page.rows.filter(
            ({ sip, error }) => errorCode === undefined || [error?.code, String(sip?.code)].includes(errorCode),
          ),
        };
      },
    })),
  ],
  [
    'filters only the calls of a page',
    'filters',
    makeWrong((right) => ({
      async listCalls({ answered, ...query } = {}) {
        const page = await right.listCalls(query);
        const rows = page.rows.filter((row) => answered === undefined || row.answered === answered);
        return rows.length === page.rows.length ? page : { rows };
      },
    })),
  ],
];
