import { hexId, iso } from '../formats.ts';
import type { Changes, Moment, Script } from '../script.ts';

/** It reports only how a call ended. The other leg of a transfer has an event of its own, which is about the transfer. */
export const bandwidth: Script = {
  scenarios: {
    'outbound-answered': ['hangup'],
    'outbound-busy': ['busy'],
    'outbound-no-answer': ['timeout'],
    voicemail: 'Its callback does not say who answered.',
    'inbound-answered': ['hangup-inbound'],
    'inbound-missed': ['hangup-inbound-unanswered'],
    'inbound-abandoned': ['hangup-inbound'],
    'transfer-two-legs': ['hangup'],
    'never-ends': 'It reports only how a call ended.',
  },
  callId: (number) => `c-${hexId(number, 17)}`,
  encodings: ['json', 'query'],
  fields,
};

function fields({ callId, atMs, startedMs, answeredMs }: Moment): Changes {
  return {
    callUrl: `https://voice.bandwidth.com/api/v2/accounts/55555555/calls/${callId}`,
    eventTime: iso(atMs + 1000),
    startTime: iso(startedMs),
    ...(answeredMs !== undefined && { answerTime: iso(answeredMs) }),
    endTime: iso(atMs),
  };
}
