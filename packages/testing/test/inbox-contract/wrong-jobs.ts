import { setImmediate } from 'node:timers/promises';
import type { CallStatus } from '@call-status/core';
import { type Lease, transitionOf } from '@call-status/core/inbox';
import { judging, makeWrong, type WrongInbox, withJobs } from './wrong-inbox.ts';

const READS_THEN_WRITES = makeWrong((right) => {
  const { transitions, ...judged } = judging(right);
  return {
    ...judged,
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
});

const BY_BEGIN = makeWrong((right) => {
  const { transitions, ...judged } = judging(right);
  const statuses = new Map<string, CallStatus>();
  return {
    ...judged,
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
});

/** Inboxes that are wrong about jobs, each in one way. */
export const WRONG_ABOUT_JOBS: readonly WrongInbox[] = [
  ['reads the status in one transaction and writes in another', 'two at once', READS_THEN_WRITES],
  ['reads the status in one transaction and writes in another, at two hosts', 'two hosts', READS_THEN_WRITES],
  ['hands jobs out by the time at which recording began', 'two at once', BY_BEGIN],
  ['hands jobs out by the time at which recording began, at two hosts', 'two hosts', BY_BEGIN],
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
    'forgets which take failed once the job waits for its retry',
    'lost answers',
    makeWrong((right) => {
      const told = new Set<string>();
      return {
        async fail(lease, failure) {
          if (told.has(lease.token)) return 'lost';
          told.add(lease.token);
          return right.fail(lease, failure);
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
];
