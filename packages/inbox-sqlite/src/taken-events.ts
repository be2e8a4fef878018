import type { AnyCallStatusEvent, Job, NewEvent, Recorded, Taken } from '@call-status/core';
import { RecentEvents } from './recent-events.ts';
import { eventOf, type RecordedRow, type TakenRow, type TakenRows } from './store/rows.ts';

/** Makes of what the thread tells what the inbox tells; what was recorded here just now is not read again. */
export class TakenEvents {
  readonly #recent = new RecentEvents<AnyCallStatusEvent>();

  recorded(event: NewEvent, [row, transition, done]: RecordedRow): Recorded {
    if (row !== 0) this.#recent.set(row, event.id, { ...event, transition } as AnyCallStatusEvent);
    return { transition, done };
  }

  taken({ jobs, nextInMs, suspects, more }: TakenRows): Taken {
    const events = jobs.map((taken) => this.#workOf(taken));
    return { jobs: events, ...(nextInMs !== undefined && { nextInMs }), suspects, more };
  }

  #workOf([row, eventId, token, failures, interruptions, suspect, fence, doneHandlers, stored]: TakenRow): Job {
    const recent = this.#recent.take(row, eventId);
    const event = stored === undefined ? (recent as AnyCallStatusEvent) : eventOf(stored);
    const lease = { eventId, token };
    return {
      lease,
      event,
      attempt: failures + 1,
      interruptions,
      suspect,
      fence,
      doneHandlers: JSON.parse(doneHandlers),
    };
  }
}
