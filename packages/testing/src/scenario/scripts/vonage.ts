import { iso, uuid } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['started', 'ringing'];
const TALKED = [...STARTED, 'answered'];

/** `completed` follows every other end but `rejected`. Legs have a conversation in common. */
export const vonage: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed'],
    'outbound-busy': [...STARTED, 'busy', 'completed-unanswered'],
    'outbound-no-answer': [...STARTED, 'unanswered', 'completed-unanswered'],
    voicemail: [...TALKED, 'machine', 'completed'],
    'inbound-answered': [...TALKED, 'completed'],
    'inbound-missed': [...STARTED, 'timeout', 'completed-unanswered'],
    'inbound-abandoned': [...TALKED, ...leg(...STARTED, 'cancelled', 'completed-unanswered'), 'completed'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'completed'), 'completed'],
    'never-ends': TALKED,
  },
  callId: uuid,
  encodings: ['json', 'query'],
  fields,
};

function fields({ callId, parentCallId, atMs, answeredMs, talkSeconds, isInbound, fixture }: Moment): Changes {
  const hasEnded = fixture.startsWith('completed');
  return {
    conversation_uuid: `CON-${parentCallId ?? callId}`,
    direction: isInbound ? 'inbound' : 'outbound',
    timestamp: iso(atMs),
    ...(hasEnded && { end_time: iso(atMs), duration: String(talkSeconds) }),
    ...(hasEnded && answeredMs !== undefined && { start_time: iso(answeredMs) }),
  };
}
