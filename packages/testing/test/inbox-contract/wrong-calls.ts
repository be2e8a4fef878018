import { setImmediate } from 'node:timers/promises';
import { type AnyCallStatusEvent, type Inbox, memoryInbox, type Transition } from '@call-status/core';
import type { Job, NewEvent } from '@call-status/core/inbox';
import { makeWrong, RETENTION_MS, type WrongInbox, withCalls, withJobs } from './wrong-inbox.ts';

/** Inboxes that are wrong about calls and events, each in one way. */
export const WRONG_ABOUT_CALLS: readonly WrongInbox[] = [
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
    'spreads the event over its transition',
    'two at once',
    makeWrong((right) => {
      const came = new Map<string, NewEvent>();
      return {
        record(event) {
          came.set(event.id, event);
          return right.record(event);
        },
        take: withJobs(right, (job) => {
          const { transition, id } = job.event;
          return { ...job, event: { transition, ...came.get(id) } as AnyCallStatusEvent };
        }),
      };
    }),
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
    makeWrong((right, { clock }) => ({
      listCalls: withCalls(
        right,
        ({ terminal, lastEventAt }) => terminal || clock() - Date.parse(lastEventAt) < RETENTION_MS,
      ),
    })),
  ],
  [
    'removes calls that have a job, or a dead letter',
    'retention',
    makeWrong((right, { clock }) => ({
      listCalls: withCalls(
        right,
        ({ terminal, lastEventAt }) => !terminal || clock() - Date.parse(lastEventAt) < RETENTION_MS,
      ),
    })),
  ],
  [
    'counts the retention from the first event',
    'retention',
    makeWrong((right, { clock }) => ({
      listCalls: withCalls(
        right,
        ({ terminal, firstEventAt }) => !terminal || clock() - Date.parse(firstEventAt) < RETENTION_MS,
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
    'gives out what is due by the clock of the caller',
    'two clocks',
    makeWrong((right, { clock }) => ({
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
