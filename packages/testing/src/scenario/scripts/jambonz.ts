import { uuid, uuidOf } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['trying', 'ringing'];
const TALKED = [...STARTED, 'in-progress'];

/** Its events have no time. Machine detection comes to another hook. */
export const jambonz: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed'],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: 'It reports machine detection to another hook.',
    'inbound-answered': [...TALKED, 'completed-inbound'],
    'inbound-missed': [...STARTED, { fixture: 'canceled-inbound', status: 'canceled' }],
    'inbound-abandoned': [...TALKED, ...leg(...STARTED, 'no-answer'), 'completed-inbound'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'completed'), 'completed'],
    'never-ends': TALKED,
  },
  callId: uuid,
  fields,
};

const CALLER = '+12025550143';
const CALLEE = '+12025550178';

function fields({ callId, talkSeconds, isInbound, parentCallId, fixture }: Moment): Changes {
  return {
    // Of SIP; each leg has one.
    call_id: uuidOf(callId.slice(-12)),
    ...(isInbound && { direction: 'inbound', from: CALLEE, to: CALLER }),
    ...(fixture.startsWith('completed') && { duration: talkSeconds }),
    ...(parentCallId !== undefined && { parent_call_sid: parentCallId, caller_id: CALLER }),
  };
}
