import type { CallStatus, Leg } from '../../event.ts';
import { LAML_STATUSES } from '../laml/laml.ts';
import { answeredBy, count, number, phone, present, span, statusOf, text, word } from '../values.ts';

/** Statuses of calls and legs. The event `answered` has either of two words, although the documentation lists only terminal ones. */
const { initiated: _, ...STATUSES } = LAML_STATUSES;
export const EXOTEL_STATUSES: Readonly<Record<string, CallStatus>> = STATUSES;

/** One party's part of a call, from a callback. */
export function exotelLeg(leg: Readonly<Record<string, unknown>>): Leg {
  const rawStatus = text(leg['Status']);
  // Documentation and callbacks disagree about which of the two is the code and which is the name.
  const causes = [leg['Cause'], leg['CauseCode']];
  return (
    present<Leg>({
      status: rawStatus === undefined ? undefined : statusOf(STATUSES, rawStatus),
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
