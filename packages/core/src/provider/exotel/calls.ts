import { isTerminal } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { oneOf } from '../../rules/option-rules.ts';
import { CREDENTIAL } from '../api-option.ts';
import { basic } from '../basic.ts';
import type { Answer, FetchCall, FetchRequest } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { answeredBy, fieldsOf, hasValue, id, span, statusOf, text } from '../values.ts';
import { EXOTEL_STATUSES } from './leg.ts';

/** As in the types of the provider. */
interface Credentials {
  readonly key: string;
  readonly token: string;
  readonly sid: string;
  readonly region: 'in' | 'sg';
}

/** The rules for its credentials. */
export const EXOTEL_API: OptionRules<Credentials> = {
  key: CREDENTIAL,
  token: CREDENTIAL,
  sid: { ...CREDENTIAL, aliases: ['accountSid', 'account'] },
  region: { ...oneOf('in', 'sg'), isRequired: true, aliases: ['subdomain', 'host'] },
};

/** A whole call id. */
export const EXOTEL_CALL_ID: RegExp = /^[0-9a-f]{32}$/;

const HOSTS = { in: 'api.in.exotel.com', sg: 'api.exotel.com' };

type Fields = Readonly<Record<string, unknown>>;

type CallbackFields = Fields & { readonly CallSid: string; readonly Status: string };

/**
 * How Exotel's Call Details API is asked.
 *
 * Source: developer.exotel.com, voice v1, call details and bulk call details.
 *
 * @param normalize normalizes the fields of a callback
 */
export function exotelFetchCall<Options>(
  normalize: (fields: CallbackFields, options: Options) => NormalForm,
): FetchCall<Credentials, Options> {
  return {
    callIdPattern: EXOTEL_CALL_ID,
    // Exotel accepts 100, and recommends at most 20.
    batch: 20,
    perMinute: 200,
    settleMs: 5 * 60_000,
    request,
    answers: (body, callIds, options) => {
      const { Call: one, Calls: several } = fieldsOf(body);
      const isList = Array.isArray(several);
      const calls = (isList ? several : [one]).map((entry) => fieldsOf(fieldsOf(entry)['Call'] ?? entry));
      // A call that is not in the list does not exist.
      const absent = isList && calls.every((call) => id(call['Sid']) !== undefined) ? 'not_found' : 'unknown';
      const answers = new Map<string, Answer>(callIds.map((callId) => [callId, absent]));
      for (const call of calls)
        answers.set(
          id(call['Sid']) ?? '',
          answerOf(call, (fields) => normalize(fields, options)),
        );
      return answers;
    },
  };
}

function request(callIds: readonly string[], { key, token, sid, region }: Credentials): FetchRequest {
  const calls = `https://${HOSTS[region]}/v1/Accounts/${encodeURIComponent(sid)}/Calls`;
  const [first] = callIds;
  // Without `.json`, it answers with XML.
  const url =
    callIds.length === 1
      ? `${calls}/${first}.json?details=true`
      : `${calls}.json?Sid=${callIds.join(',')}&details=true`;
  return { url, headers: { Authorization: basic(key, token) } };
}

function answerOf(call: Fields, normalize: (fields: CallbackFields) => NormalForm): Answer {
  const rawStatus = text(call['Status']);
  if (rawStatus === undefined) return 'unknown';
  const hasEnded = isTerminal(statusOf(EXOTEL_STATUSES, rawStatus));
  const form = normalize(fieldsOfCallback(call, rawStatus, hasEnded));
  // The end and the duration are filled in minutes later.
  const settled = !hasEnded || (form.occurredAt !== undefined && span(call['Duration']) !== undefined);
  return { form: { ...form, answeredBy: form.answeredBy ?? answeredBy(call['AnsweredBy']) }, raw: call, settled };
}

/** The fields that a callback would have, except `DateUpdated`: a record is updated long after its call. */
function fieldsOfCallback(call: Fields, rawStatus: string, hasEnded: boolean): CallbackFields {
  const details = fieldsOf(call['Details']);
  return {
    CallSid: id(call['Sid']) as string,
    Status: rawStatus,
    AccountSid: call['AccountSid'],
    DateCreated: call['DateCreated'],
    Direction: call['Direction'],
    From: call['From'],
    Legs: legsOf(details),
    PhoneNumberSid: call['PhoneNumberSid'],
    RecordingUrl: call['RecordingUrl'],
    StartTime: call['StartTime'],
    To: call['To'],
    // The figures of a live call are not final.
    ...(hasEnded && {
      ConversationDuration: details['ConversationDuration'],
      Duration: call['Duration'],
      EndTime: call['EndTime'],
    }),
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
