import { hexId, sql } from '../formats.ts';
import type { Changes, Moment, Script } from '../script.ts';

const TALKED = ['answered-first-leg', 'answered-both-legs'];
const INBOUND = 'It reports inbound calls only by its Passthru applet.';

/** It reports answers and the end, and both legs in each callback. The agent, in `From`, is called first. */
export const exotel: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed-multipart'],
    'outbound-busy': ['answered-first-leg', 'busy'],
    'outbound-no-answer': ['legs-not-attempted'],
    voicemail: [...TALKED, 'answered-by'],
    'inbound-answered': INBOUND,
    'inbound-missed': INBOUND,
    'inbound-abandoned': INBOUND,
    'transfer-two-legs': 'It reports both legs in each callback of one call.',
    'never-ends': TALKED,
  },
  callId: (number) => hexId(number, 32),
  encodings: ['multipart', 'json', 'form'],
  fields,
};

const INDIA_MS = 5.5 * 3_600_000;
const NOT_SET = '1970-01-01 05:30:00';

function fields({ fixture, atMs, startedMs, answeredMs, talkSeconds, isTerminal }: Moment): Changes {
  const both = { From: '+12025550143', To: '+12025550178' };
  const started = sql(startedMs + INDIA_MS);
  const at = sql(atMs + INDIA_MS);
  const times = { DateCreated: started, StartTime: started, DateUpdated: at, EndTime: isTerminal ? at : NOT_SET };
  if (!isTerminal || answeredMs === undefined) return { ...both, ...times };
  const first = { OnCallDuration: talkSeconds, Status: 'completed' };
  const seconds = Math.max(0, talkSeconds - 2);
  if (fixture === 'busy') return { ...both, ...times, Legs: [first, { OnCallDuration: 0, Status: 'busy' }] };
  const second = { OnCallDuration: seconds, Status: 'completed' };
  const by = fixture === 'answered-by' && { AnsweredBy: 'Machine' };
  return { ...both, ...times, ConversationDuration: seconds, Legs: [first, { ...second, ...by }] };
}
