import type { FieldTree } from '../../decode/fields.ts';
import type { AnsweredBy, Hangup, MachineDetection, Sip } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { direction, id, phone, present, sipCode, span, text, word } from '../values.ts';

/** The leg. Detections of a machine name it otherwise. */
export function callIdOf(fields: FieldTree): string | undefined {
  return id(fields['uuid']) ?? id(fields['call_uuid']);
}

const ANSWERED_BY: ReadonlyMap<string | undefined, AnsweredBy> = new Map([
  ['human', 'human'],
  ['machine', 'machine'],
]);

/** The normal form of an event. */
export function vonageForm(fields: FieldTree): NormalForm {
  const status = word(fields['status']);
  const durationSeconds = span(fields['duration']);
  return {
    callId: callIdOf(fields) as string,
    rawStatus: text(fields['status']) ?? '',
    direction: direction(fields['direction']),
    from: phone(fields['from']),
    to: phone(fields['to']),
    startedAt: time(fields['start_time']),
    occurredAt: time(fields['end_time']) ?? time(fields['timestamp']),
    durationSeconds,
    answered: status === 'completed' && (durationSeconds ?? 0) > 0 ? true : undefined,
    answeredBy: ANSWERED_BY.get(status),
    machineDetection: present<MachineDetection>({ result: word(fields['sub_state']) }),
    hangup: present<Hangup>({ cause: text(fields['detail']) }),
    sip: present<Sip>({ code: sipCode(fields['sip_code']) }),
  };
}
