import { streamEventOf } from '../live/stream-event.ts';
import type { Route } from './route.ts';
import type { StreamMessages } from './types.ts';

const MOST_EVENTS = 1000;

/** `GET api/events?after`: where no stream comes through. */
export const events: Route = {
  needs: 'view',
  async answer({ query, privacy }, { live, keys }): Promise<StreamMessages['events']> {
    const { rows, next, missed } = await live.read(query.text('after') ?? 'end', MOST_EVENTS);
    // A page that is further behind would never catch up: it loads everything again.
    if (rows.length === MOST_EVENTS) return { events: [], next: (await live.read('end', 1)).next, missed: true };
    const shown = rows.map(({ event }) => streamEventOf(event, keys, privacy.isRevealed));
    return { events: shown, next, ...(missed && { missed }) };
  },
};

/** `GET api/stream` */
export const stream: Route = {
  needs: 'view',
  answer: ({ request, privacy, owner }, { live }) => live.open(request, privacy.isRevealed, owner),
};
