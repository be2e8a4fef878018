import { setImmediate } from 'node:timers/promises';
import {
  type AnyCallStatusEvent,
  type CallStatus,
  type CallSummary,
  type Inbox,
  memoryInbox,
  type Transition,
} from '@call-status/core';
import { type Clock, type Job, type Lease, transitionOf } from '@call-status/core/inbox';
import type { MakeInbox } from '../../src/index.ts';

/** An inbox of which some methods are wrong. */
type Spoil = (right: Inbox, clock: Clock) => Partial<Inbox>;

const RETAIN_FOR_MS = 3_600_000;

/** Inboxes that share a store, and are wrong in the same way. */
function makeWrong(spoil: Spoil): MakeInbox {
  return ({ clock, advance }) => {
    const right = memoryInbox({ clock, retentionMs: RETAIN_FOR_MS });
    const view = (theirs: Clock): Inbox => {
      const wrong = spoil(right, theirs);
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
      retention: { retentionMs: RETAIN_FOR_MS, elapse: advance },
      cleanup: () => right.close(),
    };
  };
}

/** Lists only some of the calls, as if others had been removed. */
const withCalls =
  (right: Inbox, isKept: (call: CallSummary) => boolean): Inbox['listCalls'] =>
  async (query) => {
    const page = await right.listCalls(query);
    return { ...page, rows: page.rows.filter(isKept) };
  };

/** Hands out jobs that `change` has changed. */
const withJobs =
  (right: Inbox, change: (job: Job) => Job): Inbox['take'] =>
  async (request) => {
    const taken = await right.take(request);
    return { ...taken, jobs: taken.jobs.map(change) };
  };

/** Hands out jobs with transitions that are not those of the right inbox. */
function judging(right: Inbox): { readonly transitions: Map<string, Transition>; readonly take: Inbox['take'] } {
  const transitions = new Map<string, Transition>();
  const judged = (event: AnyCallStatusEvent): AnyCallStatusEvent =>
    ({ ...event, transition: transitions.get(event.id) }) as AnyCallStatusEvent;
  return { transitions, take: withJobs(right, (job) => ({ ...job, event: judged(job.event) })) };
}

/** What is wrong with each, and the subject of the contract that has to show it. */
export const WRONG_INBOXES: readonly (readonly [what: string, subject: string, makeInbox: MakeInbox])[] = [
  [
    'reads the status in one transaction and writes in another',
    'two at once',
    makeWrong((right) => {
      const { transitions, take } = judging(right);
      return {
        take,
        async record(event) {
          const before = (await right.getCall(event.provider, event.callId, event.tenant))?.status;
          await setImmediate();
          const recorded = await right.record(event);
          if (recorded.transition === 'duplicate') return recorded;
          const transition = transitionOf(before, event.status);
          transitions.set(event.id, transition);
          return { transition, done: false };
        },
      };
    }),
  ],
  [
    'hands jobs out by the time at which recording began',
    'two at once',
    makeWrong((right) => {
      const { transitions, take } = judging(right);
      const statuses = new Map<string, CallStatus>();
      return {
        take,
        async record(event) {
          const began = await right.record(event);
          if (began.transition === 'duplicate') return began;
          // The shorter commits first.
          for (let turns = event.status.length; turns > 0; turns--) await setImmediate();
          const transition = transitionOf(statuses.get(event.callId), event.status);
          if (transition === 'advance') statuses.set(event.callId, event.status);
          transitions.set(event.id, transition);
          return { transition, done: false };
        },
      };
    }),
  ],
  [
    'answers a result that is told again as lost',
    'results',
    makeWrong((right) => {
      const told = new Set<string>();
      return {
        async finish(lease) {
          const isAgain = told.has(lease.token);
          told.add(lease.token);
          return isAgain ? 'lost' : right.finish(lease);
        },
      };
    }),
  ],
  [
    'counts the result of a lease that another take has',
    'results',
    makeWrong((right) => {
      const latest = new Map<string, Lease>();
      return {
        take: withJobs(right, (job) => {
          latest.set(job.lease.eventId, job.lease);
          return job;
        }),
        finish: (lease) => right.finish(latest.get(lease.eventId) ?? lease),
      };
    }),
  ],
  [
    'hands suspects out like other jobs',
    'suspects',
    makeWrong((right) => ({
      async take(request) {
        const taken = await right.take(request);
        if (taken.jobs.length > 0 || !taken.suspects) return taken;
        return right.take({ ...request, suspect: true });
      },
    })),
  ],
  [
    'counts an attempt when it is taken',
    'suspects',
    makeWrong((right) => {
      const takes = new Map<string, number>();
      const take = withJobs(right, (job) => {
        const attempt = (takes.get(job.event.id) ?? 0) + 1;
        takes.set(job.event.id, attempt);
        return { ...job, attempt };
      });
      return { take };
    }),
  ],
  [
    'counts no interruption',
    'suspects',
    makeWrong((right) => ({
      begin: async (lease) => ((await right.renew([lease], 10_000)).length > 0 ? 'lost' : 'done'),
    })),
  ],
  [
    'has a fence that does not rise',
    'results',
    makeWrong((right) => ({ take: withJobs(right, (job) => ({ ...job, fence: 1 })) })),
  ],
  ['knows no limits', 'limits', makeWrong((right) => ({ take: ({ limits: _, ...request }) => right.take(request) }))],
  [
    'changes the event that it records',
    'texts',
    makeWrong((right) => ({
      async record(event) {
        const recorded = await right.record(event);
        (event as { transition?: Transition }).transition = recorded.transition;
        return recorded;
      },
    })),
  ],
  [
    'lets one bad event fail its neighbors',
    'texts',
    makeWrong((right) => {
      let batch: Promise<unknown> = Promise.resolve();
      return {
        record(event) {
          batch = batch.then(() => JSON.stringify(event));
          const all = batch;
          void all.catch(() => {
            if (all === batch) batch = Promise.resolve();
          });
          return all.then(() => right.record(event));
        },
      };
    }),
  ],
  [
    'does not keep tenants apart',
    'ending and erasing calls',
    makeWrong((right) => ({
      record: ({ tenant: _, ...event }) => right.record(event),
      getCall: (provider, callId) => right.getCall(provider, callId),
    })),
  ],
  [
    'erases a call and forgets the ids of its events',
    'ending and erasing calls',
    makeWrong((right) => {
      const renamed = new Map<string, string>();
      let erased = 0;
      const id = (eventId: string) => renamed.get(eventId) ?? eventId;
      return {
        record: (event) => right.record({ ...event, id: id(event.id) }),
        async forgetCall(provider, callId, tenant) {
          const call = await right.getCall(provider, callId, tenant);
          for (const event of call?.events ?? []) renamed.set(event.id, `${event.id}#${++erased}`);
          return right.forgetCall(provider, callId, tenant);
        },
      };
    }),
  ],
  [
    'runs handlers of a call that the application ends',
    'ending and erasing calls',
    makeWrong((right) => ({
      async endCall(provider, callId, { status, tenant }) {
        const call = await right.getCall(provider, callId, tenant);
        const last = call?.events.at(-1);
        if (call === undefined || call.terminal || last === undefined) return false;
        await right.record({ ...last, id: `${last.id}/end`, status, terminal: true });
        return true;
      },
    })),
  ],
  [
    'removes live calls as early as ended ones',
    'retention',
    makeWrong((right, clock) => ({
      listCalls: withCalls(
        right,
        ({ terminal, lastEventAt }) => terminal || clock() - Date.parse(lastEventAt) < RETAIN_FOR_MS,
      ),
    })),
  ],
  [
    'removes calls that have a job, or a dead letter',
    'retention',
    makeWrong((right, clock) => ({
      listCalls: withCalls(
        right,
        ({ terminal, lastEventAt }) => !terminal || clock() - Date.parse(lastEventAt) < RETAIN_FOR_MS,
      ),
    })),
  ],
  [
    'counts the retention from the first event',
    'retention',
    makeWrong((right, clock) => ({
      listCalls: withCalls(
        right,
        ({ terminal, firstEventAt }) => !terminal || clock() - Date.parse(firstEventAt) < RETAIN_FOR_MS,
      ),
    })),
  ],
  [
    'removes what is old when a script reads',
    'retention of many',
    makeWrong((right) => {
      const removed = new Set<string>();
      return {
        listCalls: withCalls(right, ({ callId }) => !removed.has(callId)),
        async close() {
          for (const { callId } of (await right.listCalls({ state: 'ended' })).rows) removed.add(callId);
        },
      };
    }),
  ],
  [
    'gives out what is due by the clock of whoever asks',
    'two clocks',
    makeWrong((right, clock) => ({
      async take(request) {
        const taken = await right.take(request);
        const isDue = ({ event }: Job): boolean => Date.parse(event.receivedAt) <= clock();
        for (const job of taken.jobs) if (!isDue(job)) await right.release(job.lease);
        return { ...taken, jobs: taken.jobs.filter(isDue) };
      },
    })),
  ],
  [
    'makes another store when several open one at once',
    'two at once',
    ({ clock }) => {
      const inbox = memoryInbox({ clock });
      let opening: Promise<Inbox> | undefined;
      return {
        inbox,
        second() {
          const isFirst = opening === undefined;
          opening ??= setImmediate(inbox);
          return isFirst ? opening : Promise.resolve(memoryInbox({ clock }));
        },
        cleanup: () => inbox.close(),
      };
    },
  ],
  [
    'counts what waits for its retry as due',
    'health',
    makeWrong((right) => ({
      async health() {
        const health = await right.health();
        return { ...health, due: health.due + health.retrying, retrying: 0 };
      },
    })),
  ],
];

/** The same, and nothing is wrong with it. */
export const RIGHT_INBOX: MakeInbox = makeWrong(() => ({}));
