import type { OptionRule, OptionRules } from '@call-status/core/inbox';
import type { Random } from '../random.ts';

/** What goes wrong between a provider and you. Each is a probability from 0 to 1. */
export interface Faults {
  /** A callback comes twice. @default 0 */
  readonly duplicate?: number;
  /** The callbacks come in any order. @default false */
  readonly shuffle?: boolean;
  /** A callback comes after all others. @default 0 */
  readonly late?: number;
  /** The callbacks that end the call never come. @default 0 */
  readonly dropTerminal?: number;
  /** A callback comes up to 10 s after the one before. @default 0 */
  readonly slow?: number;
}

const PROBABILITY: OptionRule = {
  expected: 'a probability from 0 to 1',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

/** The rules for faults. */
export const FAULT_RULES: OptionRules<Faults> = {
  duplicate: PROBABILITY,
  shuffle: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  late: PROBABILITY,
  dropTerminal: PROBABILITY,
  slow: PROBABILITY,
};

const SLOWEST_MS = 10_000;

/** A callback, with the pause before it. */
export interface Delivery<Step> {
  readonly step: Step;
  readonly delayMs: number;
}

/** The callbacks as they arrive. */
export function deliver<Step extends { readonly isTerminal: boolean }>(
  steps: readonly Step[],
  { duplicate = 0, shuffle = false, late = 0, dropTerminal = 0, slow = 0 }: Faults,
  random: Random,
): readonly Delivery<Step>[] {
  const isDropped = random.happens(dropTerminal);
  const sent = steps.filter(({ isTerminal }) => !(isTerminal && isDropped));
  const isLate = new Set(sent.filter(() => random.happens(late)));
  const inTime = [...sent.filter((step) => !isLate.has(step)), ...isLate];
  const twice = inTime.flatMap((step) => (random.happens(duplicate) ? [step, step] : [step]));
  return (shuffle ? random.shuffled(twice) : twice).map((step) => ({
    step,
    delayMs: random.happens(slow) ? random.below(SLOWEST_MS) : 0,
  }));
}
