import { hexId } from '../formats.ts';
import type { Changes, Moment, Script } from '../script.ts';

const NO_AGENT = 'Its agent answers every call.';

/** It reports answers, the end, and the analysis after it. It does not report the other leg of a transfer. */
export const retell: Script = {
  scenarios: {
    'outbound-answered': ['started', 'ended', 'analyzed'],
    'outbound-busy': ['dial-busy'],
    'outbound-no-answer': ['dial-no-answer'],
    voicemail: ['started', 'voicemail'],
    'inbound-answered': ['started-inbound', 'agent-hangup-inbound'],
    'inbound-missed': NO_AGENT,
    'inbound-abandoned': NO_AGENT,
    'transfer-two-legs': ['started', { fixture: 'ended', fields: { call: { disconnection_reason: 'call_transfer' } } }],
    'never-ends': ['started'],
  },
  callId: (number) => `call_${hexId(number, 32)}`,
  fields,
};

/** A call that was not connected has no times. */
function fields({ atMs, answeredMs, talkSeconds, isTerminal }: Moment): Changes {
  if (answeredMs === undefined) return {};
  const ended = { end_timestamp: answeredMs + talkSeconds * 1000, duration_ms: talkSeconds * 1000 };
  return { call: { start_timestamp: isTerminal ? answeredMs : atMs, ...(isTerminal && ended) } };
}
