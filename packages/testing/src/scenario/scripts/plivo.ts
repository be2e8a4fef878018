import { sql, uuid } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

/** It reports ringing, machine detection and the end. An inbound call and the leg of a `<Dial>` are reported only when they end. */
export const plivo: Script = {
  scenarios: {
    'outbound-answered': ['ring', 'human', 'hangup'],
    'outbound-busy': ['ring', 'busy'],
    'outbound-no-answer': ['ring', 'no-answer'],
    voicemail: ['ring', 'machine', 'hangup'],
    'inbound-answered': ['hangup'],
    'inbound-missed': ['no-answer'],
    'inbound-abandoned': [...leg('cancel'), 'hangup'],
    'transfer-two-legs': ['ring', ...leg('hangup'), 'hangup'],
    'never-ends': ['ring', 'human'],
  },
  callId: uuid,
  encodings: ['form', 'query'],
  fields,
};

function fields({
  fixture,
  atMs,
  startedMs,
  answeredMs,
  talkSeconds,
  isTerminal,
  isInbound,
  parentCallId,
}: Moment): Changes {
  return {
    Direction: isInbound ? 'inbound' : 'outbound',
    From: '12025550143',
    SessionStart: `${sql(startedMs)}.000000`,
    ...(parentCallId !== undefined && { ALegUUID: parentCallId, ALegRequestUUID: parentCallId }),
    ...(isTerminal && {
      StartTime: sql(startedMs),
      EndTime: sql(atMs),
      Duration: String(talkSeconds),
      BillDuration: String(Math.ceil(talkSeconds / 60) * 60),
    }),
    ...(fixture === 'hangup' && answeredMs !== undefined && { AnswerTime: sql(answeredMs) }),
  };
}
