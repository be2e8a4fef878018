import type { CallStatus, Hangup } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { time, type Zone } from '../time.ts';
import { direction, hasValue, id, phone, present, span, statusByCause, statusOf, text, word } from '../values.ts';

/** The words of `CallStatus`. */
export const PLIVO_STATUSES: Readonly<Record<string, CallStatus>> = {
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  timeout: 'no-answer',
  cancel: 'canceled',
  failed: 'failed',
};

/** `HangupCauseCode`. A digit before `*` is a family, for codes that are added to it. */
export const PLIVO_CAUSES: Readonly<Record<string, CallStatus>> = {
  '0': 'failed',
  '1000': 'canceled',
  '1010': 'failed',
  '1020': 'failed',
  '2*': 'failed',
  '3000': 'no-answer',
  '3010': 'busy',
  '3100': 'busy',
  '3110': 'busy',
  '3*': 'failed',
  '4*': 'completed',
  '5*': 'failed',
  '6000': 'completed',
  '6010': 'no-answer',
  '6020': 'completed',
  '7*': 'failed',
  '8*': 'failed',
  '9000': 'canceled',
  '9100': 'completed',
  '9110': 'completed',
};

/** The normal form of a callback, and of a call as the API describes it. */
export function plivoForm(fields: Readonly<Record<string, unknown>>, zone: Zone | undefined): NormalForm {
  const rawStatus = text(fields['CallStatus']) ?? '';
  const cause = text(fields['HangupCauseCode']);
  const known = statusOf(PLIVO_STATUSES, rawStatus);
  // The word says more than the cause.
  const status = known === 'unknown' ? statusByCause(PLIVO_CAUSES, cause) : known;
  const hasEnded = status !== undefined && status !== 'ringing' && status !== 'in-progress';
  const seconds = hasEnded ? span(fields['Duration']) : undefined;
  const callId = id(fields['CallUUID']) as string;
  const aLeg = id(fields['ALegUUID']);
  return {
    callId,
    rawStatus,
    status,
    direction: direction(fields['Direction']),
    from: phone(fields['From']),
    to: phone(fields['To']),
    callerName: text(fields['CallerName']),
    account: id(fields['ParentAuthID']),
    stirVerstat: stir(fields['STIRVerification']),
    startedAt: time(fields['SessionStart'], '+00:00') ?? time(fields['StartTime'], zone),
    occurredAt: hasEnded ? time(fields['EndTime'], zone) : undefined,
    durationSeconds: seconds,
    answered: answered(status, hasValue(fields['AnswerTime']) || (seconds ?? 0) > 0),
    answeredBy: MACHINE.get(word(fields['Machine'])),
    parentCallId: aLeg === callId ? undefined : aLeg,
    hangup: present<Hangup>({ by: HUNG_UP_BY.get(word(fields['HangupSource'])), cause }),
  };
}

/** Calls that never were answered end in `completed` too. */
function answered(status: CallStatus | undefined, isProved: boolean): boolean | null | undefined {
  if (status === 'completed' || status === 'failed') return isProved || (status === 'completed' ? null : undefined);
  return undefined;
}

function stir(value: unknown): string | undefined {
  return word(value) === 'not applicable' ? undefined : text(value);
}

const MACHINE: ReadonlyMap<string | undefined, 'machine' | 'human'> = new Map([
  ['true', 'machine'],
  ['false', 'human'],
]);

const HUNG_UP_BY: ReadonlyMap<string | undefined, 'caller' | 'callee'> = new Map([
  ['caller', 'caller'],
  ['callee', 'callee'],
  ['call recipient', 'callee'],
]);
