import { iso, uuid } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

const STARTED = ['started', 'ringing'];
const TALKED = [...STARTED, 'established'];
const RECEIVED = ['received', 'established'];

/** Its events do not say who answered. */
export const infobip: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'finished'],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: 'Its events do not say who answered.',
    'inbound-answered': [...RECEIVED, 'finished'],
    'inbound-missed': ['received', 'no-answer'],
    'inbound-abandoned': [...RECEIVED, ...leg(...STARTED, 'canceled'), 'finished'],
    'transfer-two-legs': [...TALKED, ...leg(...TALKED, 'finished'), 'finished'],
    'never-ends': TALKED,
  },
  callId: uuid,
  fields,
};

function fields({ atMs, startedMs, answeredMs, talkSeconds, isTerminal, isInbound, parentCallId }: Moment): Changes {
  const call = { direction: isInbound ? 'INBOUND' : 'OUTBOUND', startTime: time(startedMs), parentCallId };
  if (!isTerminal) return { timestamp: time(atMs), properties: { call } };
  const answered = answeredMs !== undefined && {
    answerTime: time(answeredMs),
    duration: talkSeconds,
    ringDuration: (answeredMs - startedMs) / 1000,
  };
  return { timestamp: time(atMs), properties: { callLog: { ...call, endTime: time(atMs), ...answered } } };
}

function time(ms: number): string {
  return iso(ms).replace('Z', '+0000');
}
