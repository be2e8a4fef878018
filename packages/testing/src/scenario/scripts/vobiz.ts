import { sql, uuid } from '../formats.ts';
import { type Changes, leg, type Moment, type Script } from '../script.ts';

/** It reports ringing and the end. An inbound call and a second leg are reported only when they end. */
export const vobiz: Script = {
  scenarios: {
    'outbound-answered': ['ring', 'hangup'],
    'outbound-busy': ['ring', 'busy'],
    'outbound-no-answer': ['ring', 'no-answer'],
    voicemail: 'Its callbacks do not say who answered.',
    'inbound-answered': ['hangup'],
    'inbound-missed': ['no-answer'],
    'inbound-abandoned': [...leg('no-answer'), 'hangup'],
    'transfer-two-legs': ['ring', ...leg('hangup'), 'hangup'],
    'never-ends': ['ring'],
  },
  callId: uuid,
  encodings: ['form', 'query'],
  fields,
};

function fields({ atMs, startedMs, answeredMs, talkSeconds, isTerminal, isInbound, parentCallId }: Moment): Changes {
  return {
    Direction: isInbound ? 'inbound' : 'outbound',
    ...(parentCallId !== undefined && { ALegUUID: parentCallId }),
    ...(isTerminal && { StartTime: sql(startedMs), EndTime: sql(atMs), Duration: String(talkSeconds) }),
    ...(answeredMs !== undefined && { AnswerTime: sql(answeredMs), BillDuration: String(talkSeconds) }),
  };
}
