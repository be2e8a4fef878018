import type { FieldTree } from '../decode/fields.ts';

/**
 * Fields that only other requests of the LaML / cXML family have, most of which want XML for an answer: `<Dial>` actions, recordings,
 * `<Gather>`, messages, conferences, streams, queues, payments.
 * Source: the SignalWire cXML reference, "request parameters" of each verb and noun; several of them send `CallStatus` too.
 */
const OTHER = [
  'DialCallStatus',
  'DialCallSid',
  'DialCallSID',
  'RecordingStatus',
  'Digits',
  'SpeechResult',
  'MessageSid',
  'SmsSid',
  'ConferenceSid',
  'StreamSid',
  'QueueSid',
  'QueueResult',
  'PaymentMethod',
  'PayErrorCode',
] as const;

/** Fields that mark another request only where there is no `CallStatus`: answering machine detection, some conference events. */
const OTHER_WITHOUT_STATUS = ['AnsweredBy', 'MachineDetectionDuration', 'StatusCallbackEvent'] as const;

/** Whether fields of the LaML family are a call status, and not another request of the same provider. */
export function isLamlCallStatus(fields: FieldTree): boolean {
  return (
    !OTHER.some((name) => name in fields) &&
    ('CallStatus' in fields || !OTHER_WITHOUT_STATUS.some((name) => name in fields))
  );
}

/** Fields that only a status callback has: a request for XML has call id and status too, and must never be taken for one. */
const ONLY_STATUS_CALLBACKS = ['CallbackSource', 'Timestamp', 'SequenceNumber', 'CallDuration'] as const;

/** Whether fields of the LaML family are a call status beyond doubt. */
export function isCertainLamlCallStatus(fields: FieldTree): boolean {
  return isLamlCallStatus(fields) && ONLY_STATUS_CALLBACKS.some((name) => name in fields);
}
