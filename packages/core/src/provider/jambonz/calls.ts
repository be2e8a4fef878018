import type { CallStatus, Sip } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { direction, fieldsOf, id, phone, present, sipCode, span, text, word } from '../values.ts';

/** The words of `call_status`. */
export const JAMBONZ_STATUSES = {
  queued: 'queued',
  trying: 'initiated',
  ringing: 'ringing',
  'early-media': 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
} as const;

/** What SIP says of a call that its caller gave up. */
const REQUEST_TERMINATED = 487;

/** The normal form of a call, which callbacks and the API describe in the same way. */
export function jambonzForm(call: Readonly<Record<string, unknown>>): NormalForm {
  const status = word(call['call_status']);
  const way = direction(call['direction']);
  const code = sipCode(call['sip_status']);
  const isGivenUp = status === 'no-answer' && way === 'inbound' && code === REQUEST_TERMINATED;
  return {
    callId: id(call['call_sid']) as string,
    rawStatus: text(call['call_status']) ?? '',
    status: isGivenUp ? 'canceled' : undefined,
    direction: way,
    from: phone(call['from']),
    to: phone(call['to']),
    callerName: text(call['caller_name']),
    account: text(call['account_sid']),
    parentCallId: id(call['parent_call_sid']),
    durationSeconds: status === 'completed' ? span(call['duration']) : undefined,
    // Documented as the end of an answered call.
    answered: status === 'completed' || undefined,
    sip: present<Sip>({ code, phrase: text(call['sip_reason']), callId: id(call['call_id']) }),
  };
}

interface JambonzApi {
  readonly key: string;
  readonly account: string;
  readonly server: string;
}

/** The rules for credentials. */
export const JAMBONZ_API: OptionRules<JambonzApi> = {
  key: { ...CREDENTIAL, aliases: ['apiKey', 'token'] },
  account: {
    expected: 'the SID of the account',
    isRequired: true,
    fits: (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
    aliases: ['accountSid'],
  },
  server: {
    expected:
      'the address of the API server, with https and without a slash at its end, such as https://api.jambonz.cloud',
    isRequired: true,
    isSecret: true,
    fits: isServer,
    aliases: ['baseUrl', 'origin', 'host'],
  },
};

/** It may have a path, but neither credentials nor a query. */
function isServer(value: unknown): boolean {
  if (typeof value !== 'string' || value.endsWith('/') || !URL.canParse(value)) return false;
  const { protocol, origin, pathname } = new URL(value);
  return protocol === 'https:' && value === `${origin}${pathname === '/' ? '' : pathname}`;
}

/**
 * How a jambonz server is asked for a call.
 *
 * Source: docs.jambonz.org, REST, "retrieve a call".
 */
export const JAMBONZ_FETCH_CALL: FetchCall<JambonzApi> = {
  callIdPattern: /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  request: ([callId], { key, account, server }) => ({
    url: `${server}/v1/Accounts/${account}/Calls/${callId}`,
    headers: { Authorization: `Bearer ${key}` },
  }),
  answers,
};

/** Only the API has this word. */
const ALERTING = 'alerting';

function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = fieldsOf(body);
  const callId = id(call['call_sid']);
  const rawStatus = word(call['call_status']);
  if (callId === undefined || rawStatus === undefined) return new Map();
  const isKnown = rawStatus === ALERTING || Object.hasOwn(JAMBONZ_STATUSES, rawStatus);
  if (!isKnown) return new Map();
  const form = jambonzForm(call);
  const status: CallStatus | undefined = rawStatus === ALERTING ? 'ringing' : form.status;
  return new Map([[callId, { form: { ...form, status }, raw: call }]]);
}
