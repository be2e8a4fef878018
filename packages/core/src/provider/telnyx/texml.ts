import type { CallStatus } from '../../event.ts';
import { type LamlFields, lamlForm } from '../laml/laml.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { present, sipCode, statusOf, text } from '../values.ts';
import { hangupOf } from './call-control.ts';

/** The values of `CallStatus`. */
export const TEXML_STATUSES: Readonly<Record<string, CallStatus>> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'canceled',
  failed: 'failed',
};

/** The normal form of a TeXML status callback. Its status is that of `CallStatus`, whatever the cause says. */
export function texmlForm(fields: LamlFields): NormalForm {
  const form = lamlForm(fields, false);
  const answeredAt = time(fields['AnsweredTime']);
  return {
    ...form,
    status: statusOf(TEXML_STATUSES, form.rawStatus),
    callerName: form.callerName ?? text(fields['CallerId']),
    stirVerstat: form.stirVerstat ?? text(fields['ShakenStirAttestation']),
    startedAt: time(fields['CallInitiatedAt']) ?? time(fields['StartTime']),
    answeredAt,
    occurredAt: time(fields['EndTime']) ?? form.occurredAt,
    // CallDuration is also sent while it rings.
    answered: answeredAt === undefined ? undefined : true,
    hangup: hangupOf(fields['HangupSource'], fields['HangupCause']),
    sip: form.sip ?? present({ code: sipCode(fields['SipHangupCause']) }),
  };
}
