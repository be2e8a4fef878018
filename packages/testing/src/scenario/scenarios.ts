/** The calls that can be played. */
export const SCENARIO_NAMES = [
  'outbound-answered',
  'outbound-busy',
  'outbound-no-answer',
  'voicemail',
  'inbound-missed',
  'transfer-two-legs',
  'never-ends',
] as const;

/** The name of a scenario. */
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** One callback of a scenario. */
export interface Step {
  /** The name of a fixture. */
  readonly fixture: string;
  /** Its own fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Whether it is of the second leg. */
  readonly ofLeg?: boolean;
}

/** What is special about the scenarios of a provider. */
export interface Script {
  readonly scenarios: Readonly<Record<ScenarioName, readonly (string | Step)[]>>;
  /** The call ids of the two legs, derived from a number. */
  callId(number: number): string;
  /** The fields that say when something happened. */
  at(ms: number): Readonly<Record<string, unknown>>;
  /** The fields that say which call made this one. */
  childOf?(callId: string): Readonly<Record<string, unknown>>;
}

const leg = (fixture: string): Step => ({ fixture, ofLeg: true });

const STARTED = ['initiated', 'ringing'] as const;
const TALKED = [...STARTED, 'in-progress'] as const;
const LAML: Script['scenarios'] = {
  'outbound-answered': [...TALKED, 'completed'],
  'outbound-busy': [...STARTED, 'busy'],
  'outbound-no-answer': [...STARTED, 'no-answer'],
  voicemail: [...TALKED, { fixture: 'completed', fields: { AnsweredBy: 'machine_end_beep' } }],
  'inbound-missed': ['ringing', 'no-answer'].map((fixture) => ({ fixture, fields: { Direction: 'inbound' } })),
  'transfer-two-legs': ['in-progress', ...[...TALKED, 'completed'].map(leg), 'completed'],
  'never-ends': TALKED,
};

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');
const INDIA_MS = 5.5 * 3_600_000;
const laml = (id: Script['callId']): Omit<Script, 'scenarios'> => ({
  callId: id,
  at: (ms) => ({ Timestamp: rfc2822(ms) }),
  childOf: (ParentCallSid) => ({ ParentCallSid }),
});

/** By the names of the providers. Not every provider reports every status. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  signalwire: { scenarios: LAML, ...laml((number) => `5ca11000-0000-4000-8000-${hex(number, 12)}`) },
  twilio: { scenarios: LAML, ...laml((number) => `CA5ca11${hex(number, 27)}`) },
  mycpaas: { scenarios: LAML, ...laml((number) => `CA5ca11${hex(number, 11)}`) },
  exotel: {
    scenarios: {
      'outbound-answered': ['answered-first-leg', 'answered-both-legs', 'completed-multipart'],
      'outbound-busy': ['answered-first-leg', 'busy'],
      'outbound-no-answer': ['answered-first-leg', 'legs-not-attempted'],
      voicemail: ['answered-first-leg', 'answered-by'],
      'inbound-missed': ['inbound-missed'],
      'transfer-two-legs': ['answered-first-leg', 'answered-both-legs', 'agent-leg'],
      'never-ends': ['answered-first-leg', 'answered-both-legs'],
    },
    callId: (number) => `5ca11${hex(number, 27)}`,
    at: (ms) => ({ DateUpdated: new Date(ms + INDIA_MS).toISOString().slice(0, 19).replace('T', ' ') }),
  },
  voicedock: {
    scenarios: {
      'outbound-answered': ['dialing', 'ringing', 'in-progress', 'ended'],
      'outbound-busy': ['dialing', 'ringing', 'rejected'],
      'outbound-no-answer': ['dialing', 'ringing', 'failed'],
      voicemail: [
        'dialing',
        'ringing',
        'in-progress',
        { fixture: 'ended', fields: { message: { end_reason: 'voicemail' } } },
      ],
      'inbound-missed': ['ringing', 'failed'],
      'transfer-two-legs': ['in-progress', 'transferred', ...['ringing', 'in-progress', 'ended'].map(leg)],
      'never-ends': ['dialing', 'ringing', 'in-progress'],
    },
    callId: (number) => `5ca11000-0000-4000-8000-${hex(number, 12)}`,
    at: (ms) => ({ message: { timestamp: new Date(ms).toISOString() } }),
  },
};
