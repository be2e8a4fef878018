import type { AnsweredBy, CallStatus, Hangup, MachineDetection, Quality, Sip } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import { count, direction, fieldsOf, id, phone, present, sipCode, span, text, within, word } from '../values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The events that say how far a leg is. Of an incoming call, `call.initiated` means `ringing`. */
export const CALL_CONTROL_STATUSES: Readonly<Record<string, CallStatus>> = {
  'call.initiated': 'initiated',
  'call.ringing': 'ringing',
  'call.answered': 'in-progress',
  'call.bridged': 'in-progress',
  'call.machine.detection.ended': 'in-progress',
  'call.machine.greeting.ended': 'in-progress',
  'call.machine.premium.detection.ended': 'in-progress',
  'call.machine.premium.greeting.ended': 'in-progress',
  'call.hangup': 'completed',
};

/** Why a leg ended. */
export const CALL_CONTROL_CAUSES: Readonly<Record<string, CallStatus>> = {
  normal_clearing: 'completed',
  time_limit: 'completed',
  user_busy: 'busy',
  no_answer: 'no-answer',
  timeout: 'no-answer',
  originator_cancel: 'canceled',
  call_rejected: 'failed',
  not_found: 'failed',
  unspecified: 'failed',
};

/** What a SIP response says beyond the cause. After these, the call was never answered. */
const CAUSES_WITH_SIP: ReadonlyMap<string, CallStatus> = new Map([
  ['call_rejected 486', 'busy'],
  ['call_rejected 603', 'busy'],
  ['normal_clearing 408', 'no-answer'],
  ['normal_clearing 480', 'no-answer'],
  ['normal_clearing 487', 'canceled'],
]);

const ANSWERED_BY: ReadonlyMap<string | undefined, AnsweredBy> = new Map([
  ['human', 'human'],
  ['human_residence', 'human'],
  ['human_business', 'human'],
  ['machine', 'machine'],
  ['fax_detected', 'fax'],
  ['silence', 'unknown'],
  ['not_sure', 'unknown'],
]);

/** The normal form of an event of Call Control. */
export function eventForm(fields: Fields): NormalForm {
  const data = fieldsOf(fields['data']);
  const payload = fieldsOf(data['payload']);
  const way = direction(payload['direction']);
  const event = word(data['event_type']);
  const hangup = hangupOf(payload['hangup_source'], payload['hangup_cause']);
  const code = sipCode(payload['sip_hangup_cause']);
  const result = event?.startsWith('call.machine.') ? word(payload['result']) : undefined;
  const { inbound, outbound } = fieldsOf(payload['call_quality_stats']);
  const [received, sent] = [fieldsOf(inbound), fieldsOf(outbound)];
  const isIncoming = event === 'call.initiated' && way === 'inbound';
  return {
    callId: id(payload['call_control_id']) as string,
    rawStatus: text(data['event_type']) ?? '',
    status: isIncoming ? 'ringing' : CAUSES_WITH_SIP.get(`${hangup?.cause} ${code}`),
    direction: way,
    from: phone(payload['from']),
    to: phone(payload['to']),
    callerName: text(payload['caller_id_name']),
    stirVerstat: text(payload['shaken_stir_attestation']),
    startedAt: time(payload['start_time']),
    occurredAt: time(data['occurred_at']),
    answeredBy: ANSWERED_BY.get(result),
    machineDetection: present<MachineDetection>({ result }),
    hangup,
    sip: present<Sip>({ code }),
    quality: present<Quality>({
      mos: within(received['mos'], 1, 5),
      jitterMax: span(received['jitter_max_variance']),
      packetsReceived: count(received['packet_count']),
      packetsSent: count(sent['packet_count']),
      packetsLost: count(received['skip_packet_count']),
    }),
    custom: text(payload['client_state']),
  };
}

/** Who ended a leg, and why, by the fields of Call Control or TeXML. */
export function hangupOf(source: unknown, cause: unknown): Hangup | undefined {
  const by = word(source);
  return present<Hangup>({ by: by === 'caller' || by === 'callee' ? by : undefined, cause: text(cause) });
}
