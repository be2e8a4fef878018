import type { OptionRule, OptionRules } from '@call-status/core/inbox';
import type { Random } from '../random.ts';

/** What goes wrong between a provider and you. Each is a probability from 0 to 1. */
export interface Faults {
  /** A callback comes twice, byte for byte. It is one event. @default 0 */
  readonly duplicate?: number;
  /** The callbacks of a call come in any order; `true` for every call. @default 0 */
  readonly shuffle?: number | boolean;
  /** A callback comes after all others of its call. @default 0 */
  readonly late?: number;
  /** A callback never comes. @default 0 */
  readonly drop?: number;
  /** The callbacks that end a call never come. @default 0 */
  readonly dropTerminal?: number;
  /** A callback is signed for a URL with another port, and refused if the signature covers the port. @default 0 */
  readonly wrongPort?: number;
  /** A callback comes in another encoding than usual, if its provider has several: Exotel's multipart as JSON. @default 0 */
  readonly multipart?: number;
  /** The body of a callback takes up to two seconds. @default 0 */
  readonly slow?: number;
  /** The connection breaks in the middle of the body, and the callback comes again. @default 0 */
  readonly abort?: number;
}

/** The name of a fault. */
export type FaultName = keyof Faults;

const PROBABILITY: OptionRule = {
  expected: 'a probability from 0 to 1',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

/** The rules for faults. */
export const FAULT_RULES: OptionRules<Faults> = {
  duplicate: PROBABILITY,
  shuffle: {
    expected: 'a probability from 0 to 1, true or false',
    fits: (value) => typeof value === 'boolean' || PROBABILITY.fits(value),
  },
  late: PROBABILITY,
  drop: PROBABILITY,
  dropTerminal: PROBABILITY,
  wrongPort: PROBABILITY,
  multipart: PROBABILITY,
  slow: PROBABILITY,
  abort: PROBABILITY,
};

/** The names of all faults. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULT_RULES) as FaultName[];

const SLOWEST_MS = 2000;

/** How a callback of a call arrives. */
export interface Arrival {
  /** The position of the callback in the scenario. */
  readonly index: number;
  readonly faults: readonly FaultName[];
  /** How long its body takes, in milliseconds. */
  readonly bodyMs: number;
}

/** What becomes of the callbacks of a call. */
export interface Arrivals {
  /** In the order in which they come. A broken connection is an arrival of its own. */
  readonly arrivals: readonly Arrival[];
  /** For each callback that never comes, why. */
  readonly lost: readonly ('drop' | 'dropTerminal')[];
}

/** How the callbacks of a call arrive. */
export function arrivalsOf(
  steps: readonly { readonly isTerminal: boolean }[],
  { shuffle = 0, dropTerminal = 0, ...each }: Faults,
  random: Random,
): Arrivals {
  const happens = (fault: keyof typeof each): boolean => random.happens(each[fault] ?? 0);
  const isCut = random.happens(dropTerminal);
  const isShuffled = random.happens(Number(shuffle));
  const lost: Arrivals['lost'][number][] = [];
  const made: Arrival[] = [];
  const late: Arrival[] = [];
  for (const [index, { isTerminal }] of steps.entries()) {
    const isDropped = happens('drop');
    const faults = (['late', 'wrongPort', 'multipart'] as const).filter(happens);
    if (isDropped) lost.push('drop');
    else if (isCut && isTerminal) lost.push('dropTerminal');
    else (faults.includes('late') ? late : made).push({ index, faults, bodyMs: 0 });
  }
  const twice = [...made, ...late].flatMap((one) => (happens('duplicate') ? [one, one] : [one]));
  const seen = new Set<number>();
  let newest = -1;
  const arrivals = (isShuffled ? random.shuffled(twice) : twice).flatMap(({ index, faults }): readonly Arrival[] => {
    const isSlow = happens('slow');
    const more: readonly (FaultName | false)[] = [
      seen.has(index) && 'duplicate',
      isShuffled && index < newest && 'shuffle',
      isSlow && 'slow',
    ];
    seen.add(index);
    newest = Math.max(newest, index);
    const all = [...faults, ...more.filter((fault) => fault !== false)];
    const whole = { index, faults: all, bodyMs: isSlow ? random.below(SLOWEST_MS) : 0 };
    return happens('abort') ? [{ index, faults: ['abort'], bodyMs: 0 }, whole] : [whole];
  });
  return { arrivals, lost };
}
