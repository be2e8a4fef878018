import type { FieldTree } from '../../decode/fields.ts';
import { fieldsOf, hasValue, word } from '../values.ts';

/**
 * Fields that occur only in other messages of the LaML / cXML family, by message. Most of these messages expect XML, and a live call waits
 * for it. Fields without a value are ignored.
 *
 * Source: the SignalWire cXML reference, "request parameters" of each verb and noun, and its webhooks for recordings, messages and
 * transcriptions; for <Siprec>, <ConversationRelay>, real-time transcription and the error URL, the TwiML reference, on which cXML is
 * modeled.
 */
const OTHER: Markers = markers([
  ['the action of <Dial>', ['DialCallStatus', 'DialCallSid', 'DialCallSID']],
  ['the action of <Gather>', ['Digits', 'SpeechResult', 'UnstableSpeechResult', 'FinishedOnKey']],
  ['a recording', ['RecordingStatus']],
  ['a transcription', ['TranscriptionSid', 'TranscriptionStatus', 'TranscriptionText', 'TranscriptionEvent']],
  ['of a conference', ['ConferenceSid']],
  ['of a queue', ['QueueSid', 'QueueResult', 'QueuePosition', 'DequeingCallSid']],
  [
    'the action of <Refer>',
    ['ReferCallStatus', 'ReferSipResponseCode', 'NotifySipResponseCode', 'ReferTransferTarget'],
  ],
  ['the action of <VirtualAgent>', ['VirtualAgentStatus', 'VirtualAgentProvider', 'VirtualAgentError']],
  ['of <ConversationRelay>', ['SessionStatus', 'HandoffData']],
  ['of <Pay>', ['PaymentMethod', 'PayErrorCode', 'PaymentError', 'PaymentToken', 'PaymentConfirmationCode', 'Result']],
  ['of <Stream>', ['StreamSid', 'StreamEvent', 'StreamError']],
  ['of <Siprec>', ['SiprecSid', 'SiprecEvent', 'SiprecError']],
  ['a text message', ['MessageSid', 'MessageStatus', 'SmsSid', 'SmsStatus', 'SmsMessageSid']],
  ['a fax', ['FaxSid', 'FaxStatus']],
  ['a request for XML after an error', ['ErrorUrl']],
]);

/** Fields that mark another message only if there is no `CallStatus`. */
const OTHER_WITHOUT_STATUS: Markers = markers([
  ['answering machine detection', ['AnsweredBy', 'MachineDetectionDuration']],
  ['of a conference', ['StatusCallbackEvent']],
  ['a recording', ['RecordingSid', 'RecordingUrl']],
]);

/** The value of `StatusCallbackEvent` for conferences; call status callbacks have other values. */
const CONFERENCE_EVENT = /^(?:conference|participant|announcement)-/;

/** Fields that only a status callback has. A request for XML also has a call id and a status, and must never be mistaken for one. */
const ONLY_STATUS_CALLBACKS = ['CallbackSource', 'Timestamp', 'SequenceNumber', 'CallDuration'] as const;

/** Statuses in which a call waits for instructions. */
const LIVE: ReadonlySet<string | undefined> = new Set(['queued', 'initiated', 'ringing', 'in-progress', 'answered']);

/**
 * Whether fields of the LaML family are a call status; a string says what else they are.
 * @example isLamlCallStatus({ CallSid: 'CA1', Digits: '1' }) // 'It has Digits: it is the action of <Gather>.'
 */
export function isLamlCallStatus(fields: FieldTree): true | string {
  // Other webhooks have different sources, or none.
  if (word(fields['CallbackSource']) === 'call-progress-events') return true;
  const other = markedBy(OTHER, fields) ?? (hasStatus(fields) ? undefined : markedBy(OTHER_WITHOUT_STATUS, fields));
  if (other !== undefined) return other;
  if (CONFERENCE_EVENT.test(word(fields['StatusCallbackEvent']) ?? '')) return 'It is of a conference.';
  if (!('CallSid' in fields) && isSwml(fields)) {
    return 'It is a call state of SWML or Relay; only the Compatibility API (cXML) is supported.';
  }
  // The action of <Record> has no other distinguishing field, and a live call waits for its answer.
  const waits = LIVE.has(word(fields['CallStatus'])) && hasValue(fields['RecordingUrl']);
  return waits && !isProved(fields) ? 'It has RecordingUrl and the call is live: it is the action of <Record>.' : true;
}

/**
 * The same for a member of the family whose status callbacks are always marked as such. A live call without the mark waits for XML.
 */
export function isMarkedLamlCallStatus(fields: FieldTree): true | string {
  const other = isLamlCallStatus(fields);
  if (other !== true || isProved(fields) || !LIVE.has(word(fields['CallStatus']))) return other;
  return `It is a request for XML: the call is live, and it has none of ${ONLY_STATUS_CALLBACKS.join(', ')}.`;
}

/**
 * Whether fields of the LaML family are a call status beyond doubt, even if several providers share the URL.
 * @example isCertainLamlCallStatus({ CallSid: 'CA1', CallStatus: 'completed' }) // false
 */
export function isCertainLamlCallStatus(fields: FieldTree): boolean {
  return isLamlCallStatus(fields) === true && isProved(fields);
}

/**
 * Why fields of the LaML family are not a call status beyond doubt, for the debug log.
 *
 * @param foreign the provider's own reason, from the call id and the headers
 */
export function whyNotLaml(
  fields: FieldTree,
  foreign: string | undefined,
  advice: string,
  isCallStatus: (fields: FieldTree) => true | string = isLamlCallStatus,
): string | undefined {
  const other = isCallStatus(fields);
  if (other !== true) return other;
  if (!('CallSid' in fields && 'CallStatus' in fields)) return undefined;
  return foreign ?? `It has none of ${ONLY_STATUS_CALLBACKS.join(', ')}, so it may ask for XML: ${advice}.`;
}

function isProved(fields: FieldTree): boolean {
  return ONLY_STATUS_CALLBACKS.some((name) => hasValue(fields[name]));
}

function hasStatus(fields: FieldTree): boolean {
  return 'CallStatus' in fields;
}

/** The kind of message, by a field that only such messages have. */
type Markers = ReadonlyMap<string, string>;

function markers(messages: readonly (readonly [message: string, names: readonly string[]])[]): Markers {
  return new Map(messages.flatMap(([message, names]) => names.map((name) => [name, message] as const)));
}

function markedBy(marked: Markers, fields: FieldTree): string | undefined {
  // Loops over the fields, since there are fewer of them than markers.
  for (const name in fields) {
    const message = marked.get(name);
    if (message !== undefined && hasValue(fields[name])) return `It has ${name}: it is ${message}.`;
  }
  return undefined;
}

/** Call states of SWML and Relay have the call id in lower case: at the top level, in `call` or in `params`. */
function isSwml(fields: FieldTree): boolean {
  return [fields, fieldsOf(fields['call']), fieldsOf(fields['params'])].some(
    (each) => hasValue(each['call_id']) || hasValue(each['call_state']),
  );
}
