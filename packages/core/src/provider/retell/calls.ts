import type { CallStatus, Direction, Hangup, Recording } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { direction, fieldsOf, id, phone, present, span, statusByCause, text, word } from '../values.ts';

/** The events that are states of a call. */
export const RETELL_STATUSES = {
  call_started: 'in-progress',
  call_ended: 'completed',
  call_analyzed: 'completed',
} as const;

/** The statuses of live calls in the API. */
const LIVE: ReadonlyMap<string, CallStatus> = new Map([
  ['registered', 'queued'],
  ['ongoing', 'in-progress'],
]);

/** Why a call ended (`disconnection_reason`). */
export const RETELL_CAUSES: Readonly<Record<string, CallStatus>> = {
  user_hangup: 'completed',
  agent_hangup: 'completed',
  call_transfer: 'completed',
  transfer_bridged: 'completed',
  transfer_cancelled: 'completed',
  voicemail_reached: 'completed',
  ivr_reached: 'completed',
  inactivity: 'completed',
  max_duration_reached: 'completed',
  manual_stopped: 'completed',
  call_take_over: 'completed',
  dial_busy: 'busy',
  user_declined: 'busy',
  dial_no_answer: 'no-answer',
  registered_call_timeout: 'canceled',
  dial_failed: 'failed',
  invalid_destination: 'failed',
  telephony_provider_permission_denied: 'failed',
  telephony_provider_unavailable: 'failed',
  sip_routing_error: 'failed',
  marked_as_spam: 'failed',
  concurrency_limit_reached: 'failed',
  no_concurrency_fallback: 'failed',
  no_valid_payment: 'failed',
  scam_detected: 'failed',
  'error_*': 'failed',
};

/** The normal form of a call as events and the API describe it. */
export function retellForm(call: Readonly<Record<string, unknown>>, rawStatus: string): NormalForm {
  const isLive = rawStatus === 'call_started' || LIVE.has(rawStatus);
  const state = word(call['call_status']);
  const cause = isLive ? undefined : text(call['disconnection_reason']);
  const lastedMs = isLive ? undefined : span(call['duration_ms']);
  const failed = !isLive && (state === 'not_connected' || state === 'error');
  return {
    callId: id(call['call_id']) as string,
    rawStatus,
    // A cause that is not in the table may have failed too.
    status: failed && statusByCause(RETELL_CAUSES, cause) === undefined ? 'failed' : LIVE.get(rawStatus),
    direction: directionOf(call),
    from: phone(call['from_number']),
    to: phone(call['to_number']),
    startedAt: time(call['start_timestamp']),
    occurredAt: time(call[isLive ? 'start_timestamp' : 'end_timestamp']),
    durationSeconds: lastedMs === undefined ? undefined : lastedMs / 1000,
    answered: answered(state, isLive, lastedMs),
    answeredBy: cause === 'voicemail_reached' ? 'machine' : undefined,
    hangup: present<Hangup>({ cause, by: HUNG_UP_BY.get(cause)?.get(directionOf(call)) }),
    recording: present<Recording>({ url: isLive ? undefined : text(call['recording_url']) }),
  };
}

/** The agent is the callee of an inbound call, and the caller of an outbound one. */
const HUNG_UP_BY: ReadonlyMap<string | undefined, ReadonlyMap<Direction | undefined, 'caller' | 'callee'>> = new Map([
  [
    'user_hangup',
    new Map([
      ['inbound', 'caller'],
      ['outbound', 'callee'],
    ]),
  ],
  [
    'agent_hangup',
    new Map([
      ['inbound', 'callee'],
      ['outbound', 'caller'],
    ]),
  ],
]);

/** A call without a connection has no duration, and a call that is `registered` is not connected yet. */
function answered(state: string | undefined, isLive: boolean, lastedMs = 0): boolean | undefined {
  if (isLive) return state === 'registered' ? undefined : true;
  if (state === 'not_connected') return false;
  return lastedMs > 0 || undefined;
}

function directionOf(call: Readonly<Record<string, unknown>>): Direction | undefined {
  return word(call['call_type']) === 'web_call' ? 'web' : direction(call['direction']);
}

type RetellKey = { readonly key: string };

/** The rules for credentials. */
export const RETELL_API: OptionRules<RetellKey> = { key: { ...CREDENTIAL, aliases: ['apiKey', 'token'] } };

/**
 * How Retell is asked for a call.
 *
 * Source: docs.retellai.com, "Get Call"; the types of the SDK `retell-sdk`, `resources/call.ts`.
 */
export const RETELL_FETCH_CALL: FetchCall<RetellKey> = {
  callIdPattern: /^[\w-]{8,128}$/,
  request: ([callId], { key }) => ({
    url: `https://api.retellai.com/v2/get-call/${callId}`,
    headers: { Authorization: `Bearer ${key}` },
  }),
  answers,
};

/** What was said, and what was made of it, is not part of an event. */
const SAID = /^(?:scrubbed_)?transcript|^call_analysis$|_variables$|^custom_attributes$/;

function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = Object.fromEntries(Object.entries(fieldsOf(body)).filter(([name]) => !SAID.test(name)));
  const callId = id(call['call_id']);
  const state = word(call['call_status']);
  if (callId === undefined || state === undefined) return new Map();
  const rawStatus = LIVE.has(state) ? state : ENDED.has(state) ? 'call_ended' : undefined;
  if (rawStatus === undefined) return new Map();
  return new Map([[callId, { form: retellForm(call, rawStatus), raw: call }]]);
}

const ENDED: ReadonlySet<string> = new Set(['ended', 'not_connected', 'error']);
