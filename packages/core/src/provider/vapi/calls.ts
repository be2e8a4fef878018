import type { Direction, Hangup, Line, Recording } from '../../event.ts';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { fieldsOf, id, phone, present, span, statusByCause, statusOf, text, word } from '../values.ts';
import { VAPI_CAUSES } from './ended-reasons.ts';

/** The type of the message that follows the end of a call. */
export const REPORT = 'end-of-call-report';

/** The statuses of a call, and the report about its end. */
export const VAPI_STATUSES = {
  scheduled: 'queued',
  queued: 'queued',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  forwarding: 'in-progress',
  ended: 'completed',
  'end-of-call-report': 'completed',
} as const;

/** The kinds of calls that Vapi has. */
export const DIRECTIONS: ReadonlyMap<string | undefined, Direction | undefined> = new Map([
  ['inboundphonecall', 'inbound'],
  ['outboundphonecall', 'outbound'],
  ['webcall', 'web'],
  ['vapi.websocketcall', undefined],
]);

type Fields = Readonly<Record<string, unknown>>;

/** The normal form of a message; its call has some of the same fields. */
export function vapiForm(message: Fields, rawStatus: string): NormalForm {
  const call = fieldsOf(message['call']);
  const both = { ...call, ...message };
  const hasEnded = statusOf(VAPI_STATUSES, rawStatus) === 'completed';
  const cause = hasEnded ? (text(message['endedReason']) ?? text(call['endedReason'])) : undefined;
  const startedAt = time(message['startedAt']) ?? time(call['startedAt']);
  const way = DIRECTIONS.get(word(call['type']));
  return {
    ...partiesOf(call, both, way),
    callId: id(call['id']) as string,
    rawStatus,
    status: cause === undefined || isKnown(cause) ? undefined : startedAt === undefined ? 'failed' : 'completed',
    startedAt,
    occurredAt:
      (hasEnded ? (time(message['endedAt']) ?? time(call['endedAt'])) : undefined) ?? time(message['timestamp']),
    durationSeconds: hasEnded ? span(message['durationSeconds']) : undefined,
    answered: hasEnded ? answered(cause, startedAt) : undefined,
    answeredBy: cause === 'voicemail' ? 'machine' : undefined,
    hangup: present<Hangup>({ cause, by: hungUpBy(cause, way) }),
    recording: present<Recording>({ url: hasEnded ? text(message['recordingUrl']) : undefined }),
  };
}

/** The customer, and your own number. */
function partiesOf(call: Fields, both: Fields, way: Direction | undefined): Partial<NormalForm> {
  const customer = phone(fieldsOf(both['customer'])['number']);
  const own = phone(fieldsOf(both['phoneNumber'])['number']);
  const [from, to] = way === 'inbound' ? [customer, own] : [own, customer];
  return {
    direction: way,
    from,
    to,
    line: present<Line>({ number: own, id: id(call['phoneNumberId']) }),
    account: text(call['orgId']),
  };
}

function isKnown(cause: string): boolean {
  return statusByCause(VAPI_CAUSES, cause) !== undefined;
}

/**
 * A call that has begun was answered, unless its reason says otherwise. A canceled one may have been, and of the failed ones only those are
 * known to have been that failed while they lasted.
 */
function answered(cause: string | undefined, startedAt: string | undefined): boolean | null | undefined {
  const status = statusByCause(VAPI_CAUSES, cause);
  if (startedAt === undefined || status === 'busy' || status === 'no-answer') return undefined;
  return status === 'canceled' || (status === 'failed' && !FAILED_LATER.test(cause as string)) ? null : true;
}

/** Some calls that never connected have such a reason too. */
const FAILED_LATER =
  /^(?:pipeline-error-|call\.in-progress\.error-)(?!.*(?:outbound-sip-|failed-to-connect|never-connected))/i;

/** The assistant is the callee of an inbound call, and the caller of an outbound one. */
function hungUpBy(cause: string | undefined, way: Direction | undefined): 'caller' | 'callee' | undefined {
  const party = /^(customer|assistant)-ended-call/.exec(cause ?? '')?.[1];
  if (party === undefined || (way !== 'inbound' && way !== 'outbound')) return undefined;
  return (party === 'customer') === (way === 'inbound') ? 'caller' : 'callee';
}

interface VapiKey {
  readonly key: string;
}

/** The rules for credentials. */
export const VAPI_API: OptionRules<VapiKey> = { key: { ...CREDENTIAL, aliases: ['apiKey', 'token', 'privateKey'] } };

/**
 * How Vapi is asked for a call.
 *
 * Source: docs.vapi.ai, "Get Call"; the type `Call` of the SDK `@vapi-ai/server-sdk`.
 */
export const VAPI_FETCH_CALL: FetchCall<VapiKey> = {
  callIdPattern: /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  request: ([callId], { key }) => ({
    url: `https://api.vapi.ai/call/${callId}`,
    headers: { Authorization: `Bearer ${key}` },
  }),
  answers,
};

/** What was said, what was made of it, and who says it are not part of an event. */
const SAID = /^(?:messages|transcript|summary|analysis|artifact|compliance)$|^(?:assistant|squad|workflow)(?!Id$)/;

function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = Object.fromEntries(Object.entries(fieldsOf(body)).filter(([name]) => !SAID.test(name)));
  const callId = id(call['id']);
  const rawStatus = word(call['status']);
  if (callId === undefined || rawStatus === undefined || !Object.hasOwn(VAPI_STATUSES, rawStatus)) return new Map();
  return new Map([[callId, { form: vapiForm({ call }, rawStatus), raw: call }]]);
}
