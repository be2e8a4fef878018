import { isTerminal } from '../../event.ts';
import type { FoundCall } from '../fetch-call.ts';
import { time } from '../time.ts';
import { fieldsOf, id, statusOf, text } from '../values.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from './laml.ts';

/**
 * Reads a call as the REST APIs of the family describe it: the fields of the callbacks under other names, with the start and the end.
 *
 * Source: SignalWire Compatibility API reference, the call object; Twilio's call resource.
 *
 * @param completedIsAnswered whether the provider documents `completed` as "answered and ended normally"
 * @returns the answer for the call; empty if it is no call
 */
export function lamlAnswers(body: unknown, completedIsAnswered: boolean): ReadonlyMap<string, FoundCall> {
  const call = fieldsOf(body);
  const callId = id(call['sid']);
  const rawStatus = text(call['status']);
  if (callId === undefined || rawStatus === undefined) return new Map();
  const hasEnded = isTerminal(statusOf(LAML_STATUSES, rawStatus));
  const fields = {
    CallSid: callId,
    CallStatus: rawStatus,
    AccountSid: call['account_sid'],
    AnsweredBy: call['answered_by'],
    AudioInMos: call['audio_in_mos'],
    // That of a live call is not its length yet.
    CallDuration: hasEnded ? call['duration'] : undefined,
    CallerName: call['caller_name'],
    Direction: call['direction'],
    ForwardedFrom: call['forwarded_from'],
    From: call['from'],
    ParentCallSid: call['parent_call_sid'],
    SipResultCode: call['sip_result_code'],
    Timestamp: hasEnded ? call['end_time'] : undefined,
    To: call['to'],
  } as LamlFields;
  const form = { ...lamlForm(fields, completedIsAnswered), startedAt: time(call['start_time']) };
  return new Map([[callId, { form, raw: call }]]);
}
