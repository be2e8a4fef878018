import { iso, uuid } from '../formats.ts';
import type { Changes, Moment, Script, Step } from '../script.ts';

const STARTED = ['queued', 'ringing'];
const TALKED = [...STARTED, 'in-progress'];
const NO_AGENT = 'Its assistant answers every call.';

/** The end is reported twice: as a status, and with a report. */
const ended = (endedReason: string): readonly Step[] =>
  ['ended', 'report'].map((fixture) => ({ fixture, fields: { message: { endedReason } } }));

/** It does not report the other leg of a transfer. */
export const vapi: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, ...ended('customer-ended-call')],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: [...TALKED, ...ended('voicemail')],
    'inbound-answered': ['ringing', 'in-progress', ...ended('customer-ended-call')],
    'inbound-missed': NO_AGENT,
    'inbound-abandoned': NO_AGENT,
    'transfer-two-legs': [...TALKED, 'forwarding', ...ended('assistant-forwarded-call')],
    'never-ends': TALKED,
  },
  callId: uuid,
  fields,
};

function fields({ fixture, atMs, startedMs, answeredMs, talkSeconds, isTerminal, isInbound }: Moment): Changes {
  const startedAt = answeredMs === undefined ? undefined : iso(answeredMs);
  const endedAt = isTerminal && answeredMs !== undefined ? iso(answeredMs + talkSeconds * 1000) : undefined;
  const isReport = fixture === 'report';
  return {
    message: {
      timestamp: atMs,
      call: {
        type: isInbound ? 'inboundPhoneCall' : 'outboundPhoneCall',
        createdAt: iso(startedMs),
        ...(!isReport && { startedAt, endedAt }),
      },
      ...(isReport && { startedAt, endedAt, durationSeconds: talkSeconds }),
    },
  };
}
