import { iso, uuid } from '../formats.ts';
import type { Moment, Script } from '../script.ts';

const STARTED = ['dialing', 'ringing'];
const NO_AGENT = 'Its assistant answers every call.';

/** For VoiceDock, a transferred call is over; it does not report the other leg. It has no word for a busy line or for no answer. */
export const voicedock: Script = {
  scenarios: {
    'outbound-answered': [...STARTED, 'in-progress', 'ended'],
    'outbound-busy': [...STARTED, 'rejected'],
    'outbound-no-answer': [...STARTED, 'failed'],
    voicemail: 'Its callbacks do not say who answered.',
    'inbound-answered': ['ringing', 'in-progress', 'ended'],
    'inbound-missed': NO_AGENT,
    'inbound-abandoned': NO_AGENT,
    'transfer-two-legs': ['in-progress', 'transferred'],
    'never-ends': [...STARTED, 'in-progress'],
  },
  callId: uuid,
  fields: ({ atMs, isInbound }: Moment) => ({
    message: {
      timestamp: iso(atMs),
      call: { type: isInbound ? 'inbound_phone_call' : 'outbound_phone_call' },
    },
  }),
};
