import { iso, uuid } from '../formats.ts';
import type { Moment, Script } from '../script.ts';

/** It reports only how a call ended, without its direction. */
export const sinch: Script = {
  scenarios: {
    'outbound-answered': ['answered'],
    'outbound-busy': ['busy'],
    'outbound-no-answer': ['no-answer'],
    voicemail: 'Its callback does not say who answered.',
    'inbound-answered': ['answered-caller'],
    'inbound-missed': ['no-answer'],
    'inbound-abandoned': ['canceled'],
    'transfer-two-legs': 'Its callback does not say which call a leg is of.',
    'never-ends': 'It reports only how a call ended.',
  },
  callId: (number) => `${uuid(number)}_257`,
  fields: ({ atMs, talkSeconds }: Moment) => ({
    timestamp: iso(atMs).replace('.000', ''),
    duration: talkSeconds,
  }),
};
