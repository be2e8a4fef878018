import type { InboxHealth } from '../../health.ts';
import { isoOf } from '../../rows/stored.ts';
import type { KeptCalls } from '../calls/kept-calls.ts';
import { silentOf } from '../calls/live-calls.ts';
import type { ScheduleHealth } from '../schedule.ts';

/** What the figures are of. */
export interface Parts {
  readonly calls: KeptCalls;
  readonly schedule: ScheduleHealth;
  /** How many events are neither handled nor dead letters. */
  readonly unfinished: number;
  /** The time, in milliseconds since 1970. */
  readonly wall: number;
  /** The time, in elapsed milliseconds. */
  readonly now: number;
}

/** The health of the calls and jobs of a memory inbox. */
export function healthOf({
  calls,
  schedule,
  unfinished,
  wall,
  now,
}: Parts): Omit<InboxHealth, 'dead' | 'refused' | 'watches' | 'workers'> {
  const { nextRetryInMs, ...jobs } = schedule;
  const providers = calls.byActivity.health(now);
  return {
    ...jobs,
    ...(jobs.due > 0 && { oldestDueAt: isoOf(wall - jobs.lagMs) }),
    ...(jobs.retrying > 0 && { nextRetryAt: isoOf(wall + nextRetryInMs) }),
    blocked: unfinished - jobs.due - jobs.retrying - jobs.running,
    live: calls.live,
    silent: silentOf(providers),
    providers,
    store: calls.store,
  };
}
