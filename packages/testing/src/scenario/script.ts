import type { CallStatus } from '@call-status/core';
import type { Encoding } from '../callback/encode.ts';

/** The calls that can be played. */
export const SCENARIO_NAMES = [
  'outbound-answered',
  'outbound-busy',
  'outbound-no-answer',
  'voicemail',
  'inbound-answered',
  'inbound-missed',
  'inbound-abandoned',
  'transfer-two-legs',
  'never-ends',
] as const;

/** The name of a scenario. */
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Fields of a callback, as changes to those of a fixture. */
export type Changes = Readonly<Record<string, unknown>>;

/** One callback of a scenario. */
export interface Step {
  /** The name of a fixture. */
  readonly fixture: string;
  /** Its own fields. */
  readonly fields?: Changes;
  /** The status that these fields make of the fixture. @default that of the fixture */
  readonly status?: CallStatus;
  /** Whether it is of the second leg. */
  readonly ofLeg?: boolean;
}

/** When a callback is made, and the call that it is about. All times are whole seconds, in milliseconds since the epoch. */
export interface Moment {
  readonly fixture: string;
  readonly atMs: number;
  /** When the call, or this leg of it, began. */
  readonly startedMs: number;
  /** When it was answered; absent before, and if it never is. */
  readonly answeredMs?: number;
  /** How long it has been answered: 0 before. */
  readonly talkSeconds: number;
  readonly isTerminal: boolean;
  /** The position among the callbacks of its call, from 0. */
  readonly sequence: number;
  readonly callId: string;
  /** The call that made this one: of a second leg. */
  readonly parentCallId?: string;
  readonly isInbound: boolean;
  /** 12 hexadecimal digits, different for each callback. */
  readonly id: string;
}

/** The callbacks of a scenario, in the order in which the provider makes them. */
export type Steps = readonly (string | Step)[];

/** What a provider reports of the calls that can be played. */
export interface Script {
  /** The callbacks; or a sentence about why the provider cannot report such a call. What it does not report of a call is left out. */
  readonly scenarios: Readonly<Record<ScenarioName, Steps | string>>;
  /** The call ids of the two legs, derived from a number. */
  callId(number: number): string;
  /** The fields that differ between calls and moments. */
  fields(moment: Moment): Changes;
  /** The same for headers. */
  headers?(moment: Moment): Readonly<Record<string, string>>;
  /** The encodings that the provider has. @default that of the fixture */
  readonly encodings?: readonly Encoding[];
}

/** Steps of the second leg. */
export function leg(...steps: Steps): readonly Step[] {
  return steps.map((step) => ({ ...stepOf(step), ofLeg: true }));
}

/** The step with this fixture. */
export function stepOf(step: string | Step): Step {
  return typeof step === 'string' ? { fixture: step } : step;
}
