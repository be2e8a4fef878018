import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import { basic } from '../basic.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { Zone } from '../time.ts';
import { fieldsOf, hasValue, id, statusByCause, text } from '../values.ts';
import { PLIVO_CAUSES, plivoForm } from './form.ts';

type PlivoApi = { readonly authId: string; readonly authToken: string };

/** The rules for credentials. */
export const PLIVO_API: OptionRules<PlivoApi> = {
  authId: {
    expected: "an Auth ID, which begins with 'MA' or 'SA'",
    fits: (value) => typeof value === 'string' && /^[MS]A[A-Z0-9]{18}$/.test(value),
    isRequired: true,
  },
  authToken: { ...CREDENTIAL, aliases: ['token'] },
};

/**
 * How Plivo is asked for a call.
 *
 * Source: plivo.com, Voice API, the call object; the types of the SDK `plivo`.
 */
export const PLIVO_FETCH_CALL: FetchCall<PlivoApi, { readonly utcOffset?: Zone | undefined }> = {
  callIdPattern: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  request: ([callId], { authId, authToken }) => ({
    url: `https://api.plivo.com/v1/Account/${authId}/Call/${callId}/`,
    headers: { Authorization: basic(authId, authToken) },
  }),
  answers: (body, _, { utcOffset }) => answers(body, utcOffset),
};

/** It describes calls that have ended, without the word of their callbacks, which follows from the cause. */
function answers(body: unknown, zone: Zone | undefined): ReadonlyMap<string, Answer> {
  const call = fieldsOf(body);
  const callId = id(call['call_uuid']);
  const cause = text(call['hangup_cause_code']);
  const status = statusByCause(PLIVO_CAUSES, cause);
  if (callId === undefined || status === undefined || !hasValue(call['end_time'])) return new Map();
  const fields = {
    CallUUID: callId,
    CallStatus: status === 'canceled' ? 'cancel' : status,
    ALegUUID: call['parent_call_uuid'],
    AnswerTime: call['answer_time'],
    Direction: call['call_direction'],
    Duration: call['call_duration'],
    EndTime: call['end_time'],
    From: call['from_number'],
    HangupCauseCode: cause,
    HangupSource: call['hangup_source'],
    StartTime: call['initiation_time'],
    STIRVerification: call['stir_verification'],
    To: call['to_number'],
  };
  return new Map([[callId, { form: plivoForm(fields, zone), raw: call }]]);
}
