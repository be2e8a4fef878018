import { isTerminal } from '../event.ts';
import type { Answer } from './fetch-call.ts';
import { LAML_STATUSES } from './laml/laml.ts';
import type { NormalForm } from './normal-form.ts';
import { answeredBy, fieldsOf, hasValue, id, span, statusOf, text } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads calls as Exotel's Call Details API describes them, one or several.
 *
 * Source: developer.exotel.com, voice v1, call details and bulk call details.
 *
 * @param normalize normalizes the fields of a callback
 */
export function exotelAnswers(
  body: unknown,
  callIds: readonly string[],
  normalize: (fields: Fields & { readonly CallSid: string; readonly Status: string }) => NormalForm,
): ReadonlyMap<string, Answer> {
  const { Call: one, Calls: several } = fieldsOf(body);
  const answers = new Map<string, Answer>();
  // Calls that are not in a list do not exist.
  if (Array.isArray(several)) for (const callId of callIds) answers.set(callId, 'not_found');
  for (const entry of Array.isArray(several) ? several : [one]) {
    const call = fieldsOf(fieldsOf(entry)['Call'] ?? entry);
    const callId = id(call['Sid']);
    const rawStatus = text(call['Status']);
    if (callId === undefined) continue;
    if (rawStatus === undefined) {
      answers.set(callId, 'unknown');
      continue;
    }
    const hasEnded = isTerminal(statusOf(LAML_STATUSES, rawStatus));
    const form = normalize({ CallSid: callId, Status: rawStatus, ...fieldsOfCallback(call, hasEnded) });
    const by = form.answeredBy ?? answeredBy(call['AnsweredBy']);
    const settled = !hasEnded || (form.occurredAt !== undefined && span(call['Duration']) !== undefined);
    answers.set(callId, { form: { ...form, answeredBy: by }, raw: call, settled });
  }
  return answers;
}

/** The fields that a callback would have. Its `DateUpdated` is left out: the record may be updated long after the call. */
function fieldsOfCallback(call: Fields, hasEnded: boolean): Fields {
  const details = fieldsOf(call['Details']);
  return {
    AccountSid: call['AccountSid'],
    ConversationDuration: hasEnded ? details['ConversationDuration'] : undefined,
    DateCreated: call['DateCreated'],
    Direction: call['Direction'],
    Duration: hasEnded ? call['Duration'] : undefined,
    EndTime: hasEnded ? call['EndTime'] : undefined,
    From: call['From'],
    Legs: legsOf(details),
    PhoneNumberSid: call['PhoneNumberSid'],
    RecordingUrl: call['RecordingUrl'],
    StartTime: call['StartTime'],
    To: call['To'],
  };
}

/** `Leg1Status` and `Leg2Status`, and the seconds of each leg in a list of their own. */
function legsOf(details: Fields): readonly Fields[] {
  const seconds = new Map<unknown, unknown>();
  for (const entry of Array.isArray(details['Legs']) ? details['Legs'] : []) {
    const leg = fieldsOf(fieldsOf(entry)['Leg']);
    seconds.set(span(leg['Id']), leg['OnCallDuration']);
  }
  const legs = [1, 2].map((at) => ({ OnCallDuration: seconds.get(at), Status: details[`Leg${at}Status`] }));
  return legs.slice(0, legs.findLastIndex(hasValue) + 1);
}
