import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import { lamlAnswers } from '../laml/record.ts';
import { time } from '../time.ts';
import { fieldsOf, id, text } from '../values.ts';

interface Api {
  readonly key: string;
  readonly account?: string;
}

/** The rules for Telnyx's credentials. */
export const TELNYX_API: OptionRules<Api> = {
  key: { ...CREDENTIAL, aliases: ['apiKey', 'token'] },
  account: {
    expected: 'the id of your account',
    fits: (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
    aliases: ['accountSid'],
  },
};

/**
 * How Telnyx is asked for a call. Call Control only says whether it is alive; TeXML has its status.
 *
 * Source: developers.telnyx.com, "Retrieve a call status" and TeXML "Fetch a call"; the types of the SDK `telnyx`.
 */
export const TELNYX_FETCH_CALL: FetchCall<Api> = {
  callIdPattern: /^v\d:[\w-]{1,200}$/,
  request: ([callId], { key, account }) => {
    const path = account === undefined ? `calls/${callId}` : `texml/Accounts/${account}/Calls/${callId}`;
    return { url: `https://api.telnyx.com/v2/${path}`, headers: { Authorization: `Bearer ${key}` } };
  },
  answers: (body) => ('data' in fieldsOf(body) ? callControlAnswers(body) : texmlAnswers(body)),
};

function callControlAnswers(body: unknown): ReadonlyMap<string, Answer> {
  const call = fieldsOf(fieldsOf(body)['data']);
  const callId = id(call['call_control_id']);
  // How a call ended is not said, so nothing is.
  if (callId === undefined || call['is_alive'] !== true) return new Map();
  const form = {
    callId,
    rawStatus: '',
    // At least. It moves no call that has begun.
    status: 'initiated',
    startedAt: time(call['start_time']),
    custom: text(call['client_state']),
  } as const;
  return new Map([[callId, { form, raw: call }]]);
}

function texmlAnswers(body: unknown): ReadonlyMap<string, Answer> {
  const found = [...lamlAnswers(body, false)];
  // The duration counts from the start, so it proves no answer.
  return new Map(found.map(([callId, { form, raw }]) => [callId, { form: { ...form, answered: undefined }, raw }]));
}
