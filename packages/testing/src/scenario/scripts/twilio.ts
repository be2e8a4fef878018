import { hexId, rfc2822, uuidOf } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['initiated', 'ringing'];
const TALKED = [...STARTED, 'in-progress'];
const INBOUND = { Direction: 'inbound' };

/** Calls that the API makes, and legs that TwiML makes. An inbound call is only reported when it ends, by the callback of its number. */
export const twilio: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed'],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: [...TALKED, 'machine'],
    'inbound-answered': ['inbound'],
    'inbound-missed': [{ fixture: 'no-answer', fields: INBOUND }],
    'inbound-abandoned': [...leg(...STARTED, 'canceled'), 'inbound'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'completed'), 'completed'],
    'never-ends': TALKED,
  },
  callId: (number) => `CA${hexId(number, 32)}`,
  encodings: ['form', 'query'],
  fields,
  headers: ({ id }) => ({ 'i-twilio-idempotency-token': uuidOf(id) }),
};

function fields({ atMs, talkSeconds, sequence, isTerminal, parentCallId }: Moment): Changes {
  return {
    Timestamp: rfc2822(atMs),
    SequenceNumber: String(sequence),
    // The first is in minutes.
    ...(isTerminal && { Duration: String(Math.ceil(talkSeconds / 60)), CallDuration: String(talkSeconds) }),
    ...(parentCallId !== undefined && { ParentCallSid: parentCallId, Direction: 'outbound-dial' }),
  };
}
