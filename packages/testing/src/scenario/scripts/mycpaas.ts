import { hexId } from '../formats.ts';
import type { Script } from '../script.ts';

const STARTED = ['initiated', 'ringing'];
const TALKED = [...STARTED, 'in-progress'];

/** Its callbacks have the call id and the status: no time, no direction, no number, no other leg. */
export const mycpaas: Script = {
  scenarios: {
    'outbound-answered': [...TALKED, 'completed'],
    'outbound-busy': [...STARTED, 'busy'],
    'outbound-no-answer': [...STARTED, 'no-answer'],
    voicemail: 'Its callbacks do not say who answered.',
    'inbound-answered': ['ringing', 'in-progress', 'completed'],
    'inbound-missed': ['ringing', 'no-answer'],
    'inbound-abandoned': 'Its callbacks do not say who hung up.',
    'transfer-two-legs': 'Its callbacks do not say which call a leg is of.',
    'never-ends': TALKED,
  },
  callId: (number) => `CA${hexId(number, 17)}`,
  fields: () => ({}),
};
