import { FAULT_NAMES, type FaultName, type Faults, SCENARIO_NAMES, type ScenarioName } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { didYouMean } from '../input/did-you-mean.ts';

/** Scenarios and how often each is chosen. */
export type Mix = ReadonlyMap<ScenarioName, number>;

/** The calls of an ordinary day. */
const MIXED: Mix = new Map([
  ['outbound-answered', 40],
  ['outbound-busy', 8],
  ['outbound-no-answer', 10],
  ['voicemail', 6],
  ['inbound-answered', 20],
  ['inbound-missed', 5],
  ['inbound-abandoned', 4],
  ['transfer-two-legs', 5],
  ['never-ends', 2],
]);

/**
 * The scenarios that are asked for.
 *
 * @throws CliError wrong_usage
 */
export function mixOf(scenario: string | undefined, mix: string | undefined): Mix {
  if (mix === undefined) {
    return scenario === undefined || scenario === 'mixed' ? MIXED : new Map([[scenarioOf(scenario), 1]]);
  }
  if (scenario !== undefined && scenario !== 'mixed')
    throw wrongUsage('SCENARIO and --mix are both given.', 'Give one.');
  return new Map(
    pairsOf(mix).map(([name, weight]) => {
      const number = weight === undefined ? 1 : Number(weight);
      if (!(number > 0)) throw wrongUsage(`--mix has no weight "${weight}".`, 'It is a number: outbound-busy=2.');
      return [scenarioOf(name), number] as const;
    }),
  );
}

function scenarioOf(name: string): ScenarioName {
  const found = SCENARIO_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  const known = ['mixed', ...SCENARIO_NAMES];
  throw wrongUsage(`There is no scenario "${name}".`, didYouMean(name, known, `There are ${known.join(', ')}.`));
}

/** As on the command line: `drop-terminal`. */
export function flagOfFault(name: FaultName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The faults of a list such as `duplicate=5%,shuffle`. A fault without a probability always happens.
 *
 * @throws CliError wrong_usage
 */
export function faultsOf(list: string | undefined): Faults {
  const pairs = list === undefined ? [] : pairsOf(list);
  return Object.fromEntries(
    pairs.map(([flag, value]) => {
      const name = FAULT_NAMES.find((known) => flagOfFault(known) === flag);
      const known = FAULT_NAMES.map(flagOfFault);
      if (name === undefined) {
        throw wrongUsage(`There is no fault "${flag}".`, didYouMean(flag, known, `There are ${known.join(', ')}.`));
      }
      return [name, value === undefined ? 1 : probabilityOf(flag, value)];
    }),
  );
}

function probabilityOf(flag: string, text: string): number {
  const number = /^\d*\.?\d+%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number(text || Number.NaN);
  if (number >= 0 && number <= 1) return number;
  throw wrongUsage(`The fault ${flag} is not "${text}".`, `It is a probability: ${flag}=5%, or ${flag}=0.05.`);
}

function pairsOf(list: string): readonly (readonly [name: string, value: string | undefined])[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name, value.length === 0 ? undefined : value.join('=')];
    });
}

/**
 * A whole number of a flag, at least 1.
 *
 * @throws CliError wrong_usage
 */
export function countOf(text: string, flag: string, most: number = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text.replaceAll('_', ''));
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw wrongUsage(
    `${flag} is not "${text}".`,
    `It is a whole number from 1${most < 2 ** 53 - 1 ? ` to ${most}` : ''}.`,
  );
}

/**
 * How many calls begin each second.
 *
 * @throws CliError wrong_usage
 */
export function rateOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const number = Number(text || Number.NaN);
  if (number > 0) return number;
  throw wrongUsage(`--rate is not "${text}".`, 'It is how many calls begin each second, such as 50, or max.');
}
