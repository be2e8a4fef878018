import type { AnsweredBy, CallStatus, Hangup, MachineDetection, Quality, Sip } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { time } from '../time.ts';
import {
  count,
  direction,
  fieldsOf,
  id,
  phone,
  present,
  sipCode,
  span,
  statusByCause,
  text,
  within,
  word,
} from '../values.ts';

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

/** SIP responses after which a call was never answered. */
const UNANSWERED: ReadonlyMap<number, CallStatus> = new Map([
  [408, 'no-answer'],
  [480, 'no-answer'],
  [486, 'busy'],
  [487, 'canceled'],
  [600, 'busy'],
  [603, 'busy'],
]);

/** What the SIP response says beyond the cause. If that is absent or not known, nothing else says that the call was not answered. */
function endOf(cause: string | undefined, code: number | undefined): CallStatus | undefined {
  if (code === undefined) return undefined;
  const said = UNANSWERED.get(code);
  if (cause === 'normal_clearing') return said;
  if (cause === 'call_rejected') return said === 'busy' ? said : undefined;
  if (statusByCause(CALL_CONTROL_CAUSES, cause) !== undefined) return undefined;
  return said ?? (code >= 300 ? 'failed' : undefined);
}

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
    status: isIncoming ? 'ringing' : event === 'call.hangup' ? endOf(word(hangup?.cause), code) : undefined,
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
