import type { MovedCall, MovedDeadLetter, MovedEvent, MovedJob } from '../moving/moved-call.ts';
import { sizeOf } from './bytes.ts';
import { CallQueue, QueuedJob } from './call-queue.ts';
import type { KeptCalls } from './calls/kept-calls.ts';
import type { MemoryDeadLetters, StoredDeadLetter } from './dead-letters.ts';
import type { Schedule } from './schedule.ts';

/** Everything about a call. @param now in elapsed milliseconds */
export function exportedCall(queue: CallQueue, deadLetters: MemoryDeadLetters, now: number): MovedCall {
  const { provider, tenant, callId, end } = queue;
  const jobs = new Map<string, QueuedJob>();
  for (let job = queue.head; job !== undefined; job = job.next) jobs.set(job.event.id, job);
  const events = Array.from(queue.events, ({ item: event }): MovedEvent => {
    const job = jobs.get(event.id);
    const dead = queue.dead > 0 ? deadLetters.find(event.id) : undefined;
    const trace = (job ?? dead?.job)?.trace;
    return {
      event,
      ...(trace !== undefined && { trace }),
      ...(job && { job: movedJob(job, now) }),
      ...(dead && { deadLetter: movedLetter(dead) }),
    };
  });
  return { provider, ...(tenant !== undefined && { tenant }), callId, ...(end && { end }), events };
}

function movedJob(job: QueuedJob, now: number): MovedJob {
  const { failures, interruptions, doneHandlers, fence, token, interruptedForMs } = job;
  const isRunning = job === job.queue.head && job.queue.state === 'running';
  const dueAt = isRunning ? job.leaseUntil + (interruptedForMs ?? 0) : job.dueAt;
  return {
    failures,
    interruptions: interruptions + Number(interruptedForMs !== undefined),
    suspect: job.isSuspect || token !== '',
    takes: fence,
    doneHandlers,
    ...(dueAt > now && { retryInMs: dueAt - now }),
  };
}

function movedLetter({ job, letter }: StoredDeadLetter): MovedDeadLetter {
  const { event, ...rest } = letter;
  return { ...rest, takes: job.fence, doneHandlers: job.doneHandlers };
}

/** How much memory its events take. */
export function sizeOfEvents(events: readonly MovedEvent[]): number {
  return events.reduce((sum, { event }) => sum + sizeOf(event), 0);
}

/** How long ago the last of its events was received, in milliseconds. */
export function ageOf(events: readonly MovedEvent[], wall: number): number {
  const last = Math.max(...events.map(({ event }) => Date.parse(event.receivedAt)));
  return Math.max(0, wall - last);
}

/** The parts of a memory inbox that a call is added to. */
export interface Target {
  readonly calls: KeptCalls;
  readonly schedule: Schedule;
  readonly deadLetters: MemoryDeadLetters;
  /** The next number of a call or an event. */
  readonly serial: () => number;
}

/** Adds a call of another inbox, for which there is room. Its first job is not scheduled yet. */
export function importCall(
  { events, end }: MovedCall,
  { calls, schedule, deadLetters, serial }: Target,
  touchedAt: number,
): CallQueue {
  const queue = new CallQueue((events[0] as MovedEvent).event, serial());
  queue.touchedAt = touchedAt;
  calls.add(queue);
  for (const moved of events) {
    const { event, trace, job, deadLetter } = moved;
    if (event.transition === 'advance') calls.setStatus(queue, event.status);
    const recorded = calls.addEvent(queue, event, serial(), sizeOf(event));
    queue.addEvent(recorded);
    const jobOf = (like: MovedJob): QueuedJob => queuedJob(new QueuedJob(queue, recorded, trace), like, schedule);
    if (job !== undefined) queue.addJob(jobOf(job));
    if (deadLetter !== undefined) {
      const { attempts: failures, ...dead } = deadLetter;
      deadLetters.add(jobOf({ ...NEW, ...dead, failures }), { handler: undefined, ...dead });
    }
  }
  if (end !== undefined) {
    calls.setStatus(queue, end.status);
    queue.end = end;
  }
  return queue;
}

const NEW = { interruptions: 0, suspect: false };

function queuedJob(job: QueuedJob, moved: MovedJob, schedule: Schedule): QueuedJob {
  job.failures = moved.failures;
  job.interruptions = moved.interruptions;
  job.isSuspect = moved.suspect;
  job.doneHandlers = moved.doneHandlers;
  job.fence = moved.takes;
  job.dueAt = schedule.after(moved.retryInMs ?? 0);
  schedule.startAfter(moved.takes);
  return job;
}
