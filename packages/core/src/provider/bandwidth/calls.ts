import type { CallError, CallStatus, Hangup } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import { basic } from '../basic.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { direction, fieldsOf, id, phone, present, statusByCause, text, word } from '../values.ts';

/** Why a call ended (`cause`, in the API `disconnectCause`). */
export const BANDWIDTH_CAUSES: Readonly<Record<string, CallStatus>> = {
  hangup: 'completed',
  busy: 'busy',
  rejected: 'busy',
  timeout: 'no-answer',
  cancel: 'canceled',
  'callback-error': 'failed',
  'invalid-bxml': 'failed',
  'application-error': 'failed',
  'account-limit': 'failed',
  'node-capacity-exceeded': 'failed',
  error: 'failed',
  unknown: 'failed',
};

/** The event of the end of a call. */
export const DISCONNECT = 'disconnect';

/** The normal form of a call that has ended. */
export function bandwidthForm(call: Readonly<Record<string, unknown>>, rawStatus: string): NormalForm {
  const answeredAt = time(call['answerTime']);
  const hasEnded = word(rawStatus) === DISCONNECT;
  const cause = hasEnded ? (text(call['cause']) ?? text(call['disconnectCause'])) : undefined;
  return {
    ...partiesOf(call),
    rawStatus,
    status: hasEnded && answeredAt === undefined ? unanswered(cause, call) : undefined,
    occurredAt: time(call['endTime']) ?? time(call['eventTime']),
    answered: hasEnded ? answeredAt !== undefined : undefined,
    hangup: present<Hangup>({ cause }),
    error: present<CallError>({ message: text(call['errorMessage']) }),
    custom: text(call['tag']),
  };
}

/** A hangup, and a cause that is not in the table, say nothing of an answer: without its time, there was none. */
function unanswered(cause: string | undefined, call: Readonly<Record<string, unknown>>): CallStatus | undefined {
  const status = statusByCause(BANDWIDTH_CAUSES, cause);
  if (status === undefined) return 'failed';
  if (status !== 'completed') return undefined;
  return direction(call['direction']) === 'inbound' ? 'canceled' : 'no-answer';
}

function partiesOf(call: Readonly<Record<string, unknown>>): Omit<NormalForm, 'rawStatus'> {
  return {
    callId: id(call['callId']) as string,
    direction: direction(call['direction']),
    from: phone(call['from']),
    to: phone(call['to']),
    account: text(call['accountId']),
    parentCallId: id(call['parentCallId']),
    startedAt: time(call['startTime']),
    answeredAt: time(call['answerTime']),
  };
}

type BandwidthApi = { readonly user: string; readonly password: string; readonly account: string };

/** The rules for credentials. */
export const BANDWIDTH_API: OptionRules<BandwidthApi> = {
  user: {
    ...CREDENTIAL,
    fits: (value) => CREDENTIAL.fits(value) && !String(value).includes(':'),
    aliases: ['username'],
  },
  password: CREDENTIAL,
  account: {
    expected: 'the id of the account: digits',
    isRequired: true,
    fits: (value) => typeof value === 'string' && /^\d+$/.test(value),
    aliases: ['accountId'],
  },
};

/**
 * How Bandwidth is asked for a call.
 *
 * Source: dev.bandwidth.com, voice, "Get Call State Information"; the model `CallState` of the SDK.
 */
export const BANDWIDTH_FETCH_CALL: FetchCall<BandwidthApi> = {
  callIdPattern: /^c-[\da-f]{8}(?:-[\da-f]{4,12}){5}$/i,
  request: ([callId], { user, password, account }) => ({
    url: `https://voice.bandwidth.com/api/v2/accounts/${account}/calls/${callId}`,
    headers: { Authorization: basic(user, password) },
  }),
  answers,
};

const LIVE: ReadonlyMap<string | undefined, CallStatus> = new Map([
  ['queued', 'queued'],
  ['initiated', 'initiated'],
  ['answered', 'in-progress'],
]);

function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = fieldsOf(body);
  const callId = id(call['callId']);
  const rawStatus = text(call['state']);
  const status = LIVE.get(word(rawStatus));
  const hasEnded = word(rawStatus) === 'disconnected';
  if (callId === undefined || rawStatus === undefined || !(hasEnded || status !== undefined)) return new Map();
  const form = hasEnded ? bandwidthForm(call, DISCONNECT) : { ...partiesOf(call), rawStatus, status };
  return new Map([[callId, { form, raw: call }]]);
}
