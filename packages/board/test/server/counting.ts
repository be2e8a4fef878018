import type { Inbox } from '@call-status/core';

/** The feed of an inbox, counted. */
export function counting(inbox: Inbox): { count: number } {
  const counter = { count: 0 };
  const events = inbox.events.bind(inbox);
  inbox.events = (query) => {
    counter.count++;
    return events(query);
  };
  return counter;
}
