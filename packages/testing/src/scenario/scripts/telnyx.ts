import { hexId, iso, uuid, uuidOf } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['initiated', 'ringing'];
const TALKED = [...STARTED, 'answered'];
const RECEIVED = ['initiated-incoming', 'answered'];

/** Call Control. Its legs have a session in common. */
export const telnyx: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'hangup'],
    'outbound-busy': [...STARTED, 'hangup-busy'],
    'outbound-no-answer': [...STARTED, 'hangup-no-answer'],
    voicemail: [
      ...TALKED,
      { fixture: 'machine-detection', fields: { data: { payload: { result: 'machine' } } } },
      'machine-greeting',
      'hangup',
    ],
    'inbound-answered': [...RECEIVED, 'hangup'],
    'inbound-missed': ['initiated-incoming', 'hangup-timeout'],
    'inbound-abandoned': [...RECEIVED, ...leg(...STARTED, 'hangup-canceled'), 'hangup'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'bridged'), 'bridged', ...leg('hangup'), 'hangup'],
    'never-ends': TALKED,
  },
  callId: (number) => `v3:${hexId(number, 54)}`,
  fields,
};

function fields({ callId, parentCallId, id, atMs, startedMs, isTerminal }: Moment): Changes {
  return {
    data: {
      id: uuidOf(id),
      occurred_at: iso(atMs),
      payload: {
        call_leg_id: uuid(Number.parseInt(callId.slice(-12), 16)),
        call_session_id: uuid(Number.parseInt((parentCallId ?? callId).slice(-12), 16)),
        client_state: null,
        start_time: iso(startedMs),
        ...(isTerminal && { end_time: iso(atMs) }),
      },
    },
  };
}
