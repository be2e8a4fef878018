import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { HandleMessage } from './messages.ts';

/** `ReceivedMessage`. Check `hasSubscribers` before a message is made: it must cost nothing when nothing listens. */
export const received: Channel = channel('call-status:received');
/** `HandledMessage`. */
export const handled: Channel = channel('call-status:handled');
/** `InboxMessage`. */
export const inboxHealth: Channel = channel('call-status:inbox');
/** `ReconciledMessage`. */
export const reconciled: Channel = channel('call-status:reconciled');
/** Around each handler. */
export const handling: TracingChannel<unknown, HandleMessage> = tracingChannel('call-status:handle');

const { start, end, asyncStart, asyncEnd, error } = handling;

/** Whether something listens to one of the channels around a handler. */
export function isTraced(): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}
