import type { CallError, CallStatus, Hangup, MachineDetection, Quality, Recording, Sip } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import {
  answeredBy,
  count,
  direction,
  id,
  phone,
  present,
  sipCode,
  span,
  statusOf,
  text,
  within,
  word,
} from '../values.ts';

/**
 * The fields of call status callbacks in the LaML / cXML family. All values are strings on the wire, even where the documentation says
 * integer. Types of optional fields are not enforced.
 *
 * Source: SignalWire Compatibility API reference (voice status callback, incoming call status callback, cXML voice overview, `<Sip>`,
 * `<Verto>`); `AudioOutLost` and `SipCallId` from recorded callbacks; the last eight from the TwiML reference and from relatives.
 */
export interface LamlFields {
  readonly CallSid: string;
  /** The status word, such as `in-progress`. */
  readonly CallStatus: string;
  readonly AccountSid?: string;
  readonly ApiVersion?: string;
  /** `call-progress-events`. */
  readonly CallbackSource?: string;
  /** `inbound`, `outbound-api`, `outbound-dial`. */
  readonly Direction?: string;
  readonly From?: string;
  readonly To?: string;
  /**
   * RFC 2822. The time of the event; in the incoming call status callback, according to its documentation, the time when the call was
   * created.
   */
  readonly Timestamp?: string;
  /** From 0. Not always sent. */
  readonly SequenceNumber?: string;
  /** Seconds; with `completed` only. */
  readonly CallDuration?: string;
  /** Present if the caller's name is looked up. */
  readonly CallerName?: string;
  readonly ForwardedFrom?: string;
  readonly ParentCallSid?: string;
  /** The number that ended the call. */
  readonly HangupBy?: string;
  /** `inbound` or `outbound`. */
  readonly HangupDirection?: string;
  readonly RecordingSid?: string;
  readonly RecordingUrl?: string;
  /** Seconds. */
  readonly RecordingDuration?: string;
  readonly SipCallId?: string;
  readonly SipResultCode?: string;
  readonly SipInviteResultPhrase?: string;
  /** 1 to 5. */
  readonly AudioInMos?: string;
  readonly AudioInAveragePtime?: string;
  readonly AudioInDtmfPacketCount?: string;
  readonly AudioInFlushPacketCount?: string;
  readonly AudioInJitterMaxVariance?: string;
  readonly AudioInJitterMinVariance?: string;
  readonly AudioInLargestJbSize?: string;
  readonly AudioInMediaPacketCount?: string;
  readonly AudioInSkipPacketCount?: string;
  readonly AudioOutDtmfPacketCount?: string;
  readonly AudioOutLost?: string;
  readonly AudioOutMediaPacketCount?: string;
  /** `human`, `machine_start`, `machine_end_beep`, `machine_end_silence`, `machine_end_other`, `fax`, `unknown`. */
  readonly AnsweredBy?: string;
  /** Milliseconds. */
  readonly MachineDetectionDuration?: string;
  /** `TN-Validation-Passed-A` and the like. */
  readonly StirVerstat?: string;
  readonly SipResponseCode?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
  readonly CallStatusCode?: string;
  readonly CallStatusReason?: string;
  readonly [field: string]: unknown;
}

/**
 * The statuses of the family. The event for the status `in-progress` is called `answered`, and some documents confuse the two. Not every
 * member documents all statuses.
 */
export const LAML_STATUSES: Readonly<Record<string, CallStatus>> = {
  queued: 'queued',
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  answered: 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'canceled',
};

/**
 * The normal form of the family: reads each field under every name that a member uses for it.
 *
 * @param completedIsAnswered whether the provider documents `completed` as "answered and ended normally"
 * @example lamlForm({ CallSid: 'CA1', CallStatus: 'busy' }, true) // { callId: 'CA1', rawStatus: 'busy' }
 */
export function lamlForm(fields: LamlFields, completedIsAnswered: boolean): NormalForm {
  const rawStatus = text(fields.CallStatus) ?? '';
  const from = phone(fields.From);
  const to = phone(fields.To);
  const seconds = span(fields.CallDuration);
  const by = answeredBy(fields.AnsweredBy);
  return {
    callId: id(fields.CallSid) as string,
    rawStatus,
    direction: direction(fields.Direction),
    from,
    to,
    callerName: text(fields.CallerName),
    forwardedFrom: phone(fields.ForwardedFrom),
    account: text(fields.AccountSid),
    stirVerstat: text(fields.StirVerstat),
    occurredAt: time(fields.Timestamp),
    sequence: count(fields.SequenceNumber),
    durationSeconds: seconds,
    answered: answered(statusOf(LAML_STATUSES, rawStatus), seconds, by, completedIsAnswered),
    answeredBy: by,
    machineDetection: present<MachineDetection>({
      result: word(fields.AnsweredBy),
      durationMs: span(fields.MachineDetectionDuration),
    }),
    hangup: hangup(fields, from, to),
    parentCallId: id(fields.ParentCallSid),
    recording: present<Recording>({
      url: text(fields.RecordingUrl),
      id: text(fields.RecordingSid),
      durationSeconds: span(fields.RecordingDuration),
    }),
    sip: present<Sip>({
      code: sipCode(fields.SipResultCode) ?? sipCode(fields.SipResponseCode) ?? sipCode(fields['DialSipResponseCode']),
      phrase: text(fields.SipInviteResultPhrase),
      callId: text(fields.SipCallId) ?? text(fields['DialSipCallId']),
    }),
    quality: present<Quality>({
      mos: within(fields.AudioInMos, 1, 5),
      jitterMin: span(fields.AudioInJitterMinVariance),
      jitterMax: span(fields.AudioInJitterMaxVariance),
      packetsReceived: count(fields.AudioInMediaPacketCount),
      packetsSent: count(fields.AudioOutMediaPacketCount),
      // Counts every packet that did not arrive in time. `AudioOutLost` is not documented, so it stays in `raw`.
      packetsLost: count(fields.AudioInSkipPacketCount),
    }),
    error: present<CallError>({
      code: text(fields.ErrorCode) ?? text(fields.CallStatusCode),
      message: text(fields.ErrorMessage) ?? text(fields.CallStatusReason),
    }),
  };
}

/**
 * Seconds of conversation prove an answer, and so does a detected voice, unless the call failed. `completed` after 0 seconds proves
 * nothing.
 */
function answered(
  status: CallStatus,
  seconds: number | undefined,
  by: NormalForm['answeredBy'],
  completedIsAnswered: boolean,
): boolean | null | undefined {
  if (status !== 'completed' && status !== 'failed') return undefined;
  if ((seconds ?? 0) > 0) return true;
  const isDetected = by !== undefined && by !== 'unknown';
  if (status === 'failed') return isDetected ? null : false;
  return isDetected || (completedIsAnswered && seconds === undefined) ? true : null;
}

function hangup(fields: LamlFields, from: string | undefined, to: string | undefined): Hangup | undefined {
  const party = phone(fields.HangupBy);
  return present<Hangup>({
    by:
      party === undefined || from === to ? undefined : party === from ? 'caller' : party === to ? 'callee' : undefined,
    number: party,
    direction: direction(fields.HangupDirection) ?? direction(fields['DialSipHangupDirection']),
  });
}
