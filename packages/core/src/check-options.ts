import { CallStatusError } from './errors.ts';

/** What an option has to be. */
export interface OptionRule {
  /** In words, as they come after "expected". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /**
   * Whether it may not be absent.
   * @default false
   */
  readonly isRequired?: boolean;
}

/** What each of some options has to be: there is a rule for every name. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/**
 * Checks the options of an inbox, for all inboxes in the same way. `undefined` is the same as absent.
 *
 * @param what how to call them when they are no object
 * @throws CallStatusError `invalid_options`, with an issue for each unknown name and for each value that does not fit
 */
export function checkOptions<Options>(what: string, options: unknown, rules: OptionRules<Options>): void {
  const known = Object.keys(rules).join(', ');
  if (!isRecord(options)) {
    throw new CallStatusError('invalid_options', { issues: [`${what}: expected an object of ${known}.`] });
  }
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(rules, name));
  const issues = unknown.map((name) => `${name}: no such option; there are ${known}.`);
  for (const [name, { expected, fits, isRequired }] of Object.entries<OptionRule>(rules)) {
    const value = options[name];
    if (value === undefined ? isRequired : !fits(value)) issues.push(`${name}: expected ${expected}.`);
  }
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
