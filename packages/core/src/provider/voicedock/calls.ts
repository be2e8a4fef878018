import type { CallError, Hangup, Line, Recording } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import { time } from '../time.ts';
import { direction, fieldsOf, id, phone, present, span, text, word } from '../values.ts';

/** As in the types of the provider. */
interface Credentials {
  readonly key: string;
}

/** The rules for its credentials. */
export const VOICEDOCK_API: OptionRules<Credentials> = { key: { ...CREDENTIAL, aliases: ['apiKey', 'token'] } };

/**
 * How VoiceDock is asked for a call.
 *
 * Source: doc.hmsovereign.com, calls; the types of the SDK `hmsovereign`.
 */
export const VOICEDOCK_FETCH_CALL: FetchCall<Credentials> = {
  // UUIDs, and ids with a phone number in them: `call-_+31…_abc123`.
  callIdPattern: /^[\w+.-]{1,128}$/,
  request: ([callId], { key }) => ({
    url: `https://api.hmsovereign.com/api/v1/calls/${callId}`,
    headers: { Authorization: `Bearer ${key}` },
  }),
  answers,
};

function answers(body: unknown): ReadonlyMap<string, Answer> {
  // What was said is not part of an event.
  const { messages, summary, analysis_result, ...call } = fieldsOf(body);
  const callId = id(call['id']);
  const rawStatus = text(call['status']);
  if (callId === undefined || rawStatus === undefined) return new Map();
  const way = word(call['direction']) === 'web' ? 'web' : direction(call['direction']);
  // In any direction, the assistant has your number. One page of the documentation calls it an agent.
  const line = phone(call['assistant_phone']) ?? phone(call['agent_phone']);
  const customer = phone(call['caller_phone']);
  const [from, to] = way === undefined ? [] : way === 'outbound' ? [line, customer] : [customer, line];
  const endedAt = time(call['ended_at']);
  const form = {
    callId,
    rawStatus,
    direction: way,
    from,
    to,
    line: present<Line>({ number: line, id: text(call['number_id']) }),
    startedAt: time(call['started_at']),
    occurredAt: endedAt,
    durationSeconds: endedAt === undefined ? undefined : span(call['duration_seconds']),
    hangup: present<Hangup>({ cause: text(call['end_reason']) }),
    recording: present<Recording>({ url: text(call['recording_url']) }),
    error: present<CallError>({ message: text(call['error']) }),
  };
  return new Map([[callId, { form, raw: call }]]);
}
