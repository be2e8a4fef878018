import type { CallStatus, Hangup } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import { basic } from '../basic.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { fieldsOf, id, phone, present, span, statusOf, text, word } from '../values.ts';

/** The words of `result`. */
export const SINCH_STATUSES: Readonly<Record<string, CallStatus>> = {
  ANSWERED: 'completed',
  BUSY: 'busy',
  NOANSWER: 'no-answer',
  FAILED: 'failed',
};

/** Why a call ended (`reason`), where its result does not say how. */
export const SINCH_CAUSES: Readonly<Record<string, CallStatus>> = {
  cancel: 'canceled',
  otherpeeranswered: 'canceled',
  callerhangup: 'canceled',
  managerhangup: 'canceled',
  calleehangup: 'no-answer',
  timeout: 'no-answer',
  noanswer: 'no-answer',
  busy: 'busy',
  blocked: 'failed',
  nocreditpartner: 'failed',
  generalerror: 'failed',
  congestion: 'failed',
  usernotfound: 'failed',
  callbackerror: 'failed',
  invalidsvamlaction: 'failed',
};

/** The normal form of a call that has ended. */
export function sinchForm(call: Readonly<Record<string, unknown>>): NormalForm {
  const rawStatus = text(call['result']) ?? '';
  const cause = text(call['reason']);
  const byResult = statusOf(SINCH_STATUSES, rawStatus.toUpperCase());
  const isCanceled = CANCELS.has(word(cause)) && byResult !== 'completed';
  return {
    callId: id(call['callid'] ?? call['callId']) as string,
    rawStatus,
    status: isCanceled ? 'canceled' : byResult === 'unknown' ? undefined : byResult,
    from: phone(call['from']),
    to: phone(fieldsOf(call['to'])['endpoint']),
    account: id(call['applicationKey']),
    occurredAt: time(call['timestamp']),
    durationSeconds: span(call['duration']),
    answered: byResult === 'completed' || undefined,
    hangup: present<Hangup>({ cause, by: HUNG_UP_BY.get(word(cause)) }),
  };
}

/** Nothing is wrong with such a call, although its result may be a failure. */
const CANCELS: ReadonlySet<string | undefined> = new Set(['cancel', 'otherpeeranswered']);

const HUNG_UP_BY: ReadonlyMap<string | undefined, 'caller' | 'callee'> = new Map([
  ['callerhangup', 'caller'],
  ['calleehangup', 'callee'],
]);

type SinchApi = { readonly key: string; readonly secret: string };

/** The rules for credentials. */
export const SINCH_API: OptionRules<SinchApi> = {
  key: { ...CREDENTIAL, aliases: ['applicationKey'] },
  secret: { ...CREDENTIAL, aliases: ['applicationSecret'] },
};

/**
 * How Sinch is asked for a call.
 *
 * Source: developers.sinch.com, Voice API, "Get information about a call".
 */
export const SINCH_FETCH_CALL: FetchCall<SinchApi> = {
  callIdPattern: /^[\w.:-]{8,128}$/,
  request: ([callId], { key, secret }) => ({
    url: `https://calling.api.sinch.com/calling/v1/calls/id/${callId}`,
    headers: { Authorization: basic(key, secret) },
  }),
  answers,
};

/** What its `timestamp` is the time of is not documented. A call that is going on may ring or be answered. */
function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = fieldsOf(body);
  const callId = id(call['callId']);
  if (callId === undefined || word(call['status']) !== 'final') return new Map();
  return new Map([[callId, { form: sinchForm({ ...call, timestamp: undefined }), raw: call }]]);
}
