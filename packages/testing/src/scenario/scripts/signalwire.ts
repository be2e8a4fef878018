import { rfc2822, uuid } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['initiated', 'ringing'];
const TALKED = [...STARTED, 'in-progress'];

/** Calls that the API makes, and legs that cXML makes. An inbound call is only reported when it ends, by the callback of its number. */
export const signalwire: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed-observed'],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: [...TALKED, { fixture: 'completed-observed', fields: { AnsweredBy: 'machine_end_beep' } }],
    'inbound-answered': ['incoming-completed'],
    'inbound-missed': [{ fixture: 'incoming-failed', fields: { CallStatus: 'no-answer' }, status: 'no-answer' }],
    'inbound-abandoned': [...leg(...STARTED, 'canceled'), 'incoming-completed'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'completed-observed'), 'completed-observed'],
    'never-ends': TALKED,
  },
  callId: uuid,
  encodings: ['form', 'query'],
  fields,
};

function fields({
  fixture,
  atMs,
  startedMs,
  talkSeconds,
  sequence,
  isTerminal,
  parentCallId,
  callId,
}: Moment): Changes {
  // This callback has the time at which the call was created, and fewer fields.
  if (fixture.startsWith('incoming')) return { Timestamp: rfc2822(startedMs), CallDuration: String(talkSeconds) };
  return {
    Timestamp: rfc2822(atMs),
    SequenceNumber: String(sequence),
    ...(isTerminal && talkSeconds > 0 && { CallDuration: String(talkSeconds), SipCallId: callId }),
    ...(parentCallId !== undefined && { ParentCallSid: parentCallId, Direction: 'outbound-dial' }),
  };
}
