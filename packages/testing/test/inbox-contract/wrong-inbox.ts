import { type AnyCallStatusEvent, type Inbox, memoryInbox, type Transition } from '@call-status/core';
import type { CallSummary, Clock, FeedPage, Job } from '@call-status/core/inbox';
import type { MakeInbox } from '../../src/index.ts';
import { MemoryTable } from './memory-table.ts';

/** What is wrong with an inbox, the subject of the contract that has to show it, and the inbox. */
export type WrongInbox = readonly [what: string, subject: string, makeInbox: MakeInbox];

/** What a wrong inbox is made of. */
interface Parts {
  /** The clock of this host. */
  readonly clock: Clock;
  readonly storeClock: Clock;
  /** The table of the application. */
  readonly table: MemoryTable;
}

/** An inbox with some wrong methods. */
type Spoil = (right: Required<Inbox>, parts: Parts) => Partial<Inbox>;

export const RETENTION_MS = 3_600_000;

/** Inboxes that share a store, and are wrong in the same way. */
export function makeWrong(spoil: Spoil): MakeInbox {
  return ({ clock, advance }) => {
    const memory = memoryInbox({ clock, retentionMs: RETENTION_MS });
    const table = new MemoryTable();
    const right = Object.assign(memory, { transaction: () => table.transaction(memory) }) as Required<Inbox>;
    const view = (theirs: Clock): Inbox => {
      const wrong = spoil(right, { clock: theirs, storeClock: clock, table });
      return new Proxy(right, {
        get(target, name) {
          const value = wrong[name as keyof Inbox] ?? (name === 'close' ? async () => {} : target[name as keyof Inbox]);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    const inbox = view(clock);
    return {
      inbox,
      second: async (options) => (options?.clock === undefined ? inbox : view(options.clock)),
      storeClock: true,
      table,
      retention: { retentionMs: RETENTION_MS, elapse: advance },
      cleanup: () => right.close(),
    };
  };
}

/** Lists only some of the calls, as if others had been removed. */
export const withCalls =
  (right: Inbox, isKept: (call: CallSummary) => boolean): Inbox['listCalls'] =>
  async (query) => {
    const page = await right.listCalls(query);
    return { ...page, rows: page.rows.filter(isKept) };
  };

/** Hands out jobs that `change` has changed. */
export const withJobs =
  (right: Inbox, change: (job: Job) => Job): Inbox['take'] =>
  async (request) => {
    const taken = await right.take(request);
    return { ...taken, jobs: taken.jobs.map(change) };
  };

/** Shows the feed with pages that `change` has changed. */
export const withPages =
  (right: Required<Inbox>, change: (page: FeedPage) => FeedPage): Required<Inbox>['events'] =>
  async (query) =>
    change(await right.events(query));

/** Hands out jobs, and shows events, with transitions that are not those of the right inbox. */
export function judging(
  right: Required<Inbox>,
): { readonly transitions: Map<string, Transition> } & Pick<Required<Inbox>, 'take' | 'events'> {
  const transitions = new Map<string, Transition>();
  const judged = <Row extends { readonly event: AnyCallStatusEvent }>(row: Row): Row => ({
    ...row,
    event: { ...row.event, transition: transitions.get(row.event.id) } as AnyCallStatusEvent,
  });
  return {
    transitions,
    take: withJobs(right, judged),
    events: withPages(right, (page) => ({ ...page, rows: page.rows.map(judged) })),
  };
}

/** The same, and nothing is wrong with it. */
export const RIGHT_INBOX: MakeInbox = makeWrong(() => ({}));
