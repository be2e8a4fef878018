import { type CallStatus, type Direction, isTerminal, type Leg } from '../event.ts';
import { statusOf } from '../provider/status-of.ts';
import { answeredBy, count, fieldsOf, number, phone, present, span, text, word } from '../provider/values.ts';
import type { ExotelFields } from './exotel.ts';

/** The status words of the call and of its legs. */
export const EXOTEL_STATUSES: Readonly<Record<string, CallStatus>> = {
  queued: 'queued',
  ringing: 'ringing',
  // Of the event `answered`, though the document lists only terminal words.
  'in-progress': 'in-progress',
  answered: 'in-progress',
  completed: 'completed',
  failed: 'failed',
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'canceled',
};

/** The legs in the normal form; one that was not attempted is empty. */
export function legsOf(fields: ExotelFields): readonly Leg[] {
  return Array.isArray(fields.Legs) ? fields.Legs.map(fieldsOf).map(normalLeg) : [];
}

function normalLeg(leg: Readonly<Record<string, unknown>>): Leg {
  const rawStatus = text(leg['Status']);
  // Which of the two is the code and which the word, documents and callbacks do not agree on.
  const causes = [leg['Cause'], leg['CauseCode']];
  return (
    present<Leg>({
      status: rawStatus === undefined ? undefined : statusOf(EXOTEL_STATUSES, rawStatus),
      rawStatus,
      durationSeconds: span(leg['OnCallDuration']),
      answeredBy: answeredBy(leg['AnsweredBy']),
      number: phone(leg['Number']),
      type: text(leg['Type']),
      callerId: phone(leg['CallerId']),
      cause: causes.map(text).find((cause) => cause !== undefined && number(cause) === undefined),
      causeCode: causes.map(count).find((code) => code !== undefined),
      disconnectedBy: word(leg['DisconnectedBy']),
    }) ?? {}
  );
}

/**
 * Whether the other party picked up. The status of the call does not tell: an inbound call that no agent took is `completed` too, and a call
 * is in progress as soon as the first party is on the line. A conversation tells, and so do the legs of the other party.
 *
 * @param seconds those of the conversation
 * @returns `null` when it cannot be known
 */
export function isAnswered(
  status: CallStatus,
  seconds: number | undefined,
  legs: readonly Leg[],
  direction: Direction | undefined,
): boolean | null {
  // The first leg is the party in `from`, who only waits; an inbound call may come with the leg of an agent and no other. Where nobody
  // talked, that leg is of a caller who waited, or who left a message.
  const isAgents = legs.length === 1 && direction === 'inbound' && !(seconds === 0 && isTerminal(status));
  const others = isAgents ? legs : legs.slice(1);
  if ((seconds ?? 0) > 0 || others.some(isTaken)) return true;
  if (!isTerminal(status)) return null;
  if (status !== 'completed') return false;
  const isKnown = seconds === 0 || (others.length > 0 && !others.some((leg) => leg.status === 'unknown'));
  return isKnown || legs.some(({ status: first }) => first !== undefined && REFUSED.has(first)) ? false : null;
}

const REFUSED: ReadonlySet<CallStatus> = new Set(['canceled', 'busy', 'no-answer', 'failed']);

function isTaken({ status, durationSeconds, answeredBy: by }: Leg): boolean {
  if ((durationSeconds ?? 0) > 0 || (by !== undefined && by !== 'unknown')) return true;
  return status === 'in-progress' || (status === 'completed' && durationSeconds === undefined);
}
