import { CallStatusError } from '../errors.ts';
import { nearestName } from '../text/nearest-name.ts';

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
  /**
   * Whether `undefined` is not the same as absent: for a secret it is a missing environment variable.
   * @default false
   */
  readonly refusesUndefined?: boolean;
  /** What others call this option, so that their name gets this one for an answer. */
  readonly aliases?: readonly string[];
  /** The options inside, of an option that is an object of options. */
  readonly options?: Readonly<Record<string, OptionRule>>;
  /** A sentence about a value that does not fit, more exact than "expected …". Never with the value in it, which may be a secret. */
  readonly explain?: (value: unknown) => string | undefined;
}

/** What each of some options has to be: there is a rule for every name. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/**
 * Checks options, for receivers, providers and inboxes in the same way. `undefined` is the same as absent.
 *
 * @param what how to call them when they are no object
 * @throws CallStatusError `invalid_options`, with an issue for each unknown name and for each value that does not fit
 * @example
 * ```ts
 * import { checkOptions, type OptionRules } from '@call-status/core/inbox';
 *
 * const RULES: OptionRules<{ path: string; pollMs?: number }> = {
 *   path: { expected: 'the name of a file', fits: (value) => typeof value === 'string', isRequired: true, aliases: ['file'] },
 *   pollMs: { expected: 'milliseconds', fits: Number.isFinite },
 * };
 * checkOptions('options', { path: 'calls.db', polMs: 10 }, RULES);
 * // Invalid options: `polMs` is no option; did you mean `pollMs`? Known: path, pollMs.
 * ```
 */
export function checkOptions<Options>(what: string, options: unknown, rules: OptionRules<Options>): void {
  const issues = isRecord(options)
    ? optionIssues(options, rules)
    : [`${what}: expected an object of ${namesOf(rules)}, got ${kindOf(options)}.`];
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
}

/** What is more exact to say of an option that is unknown here: a sentence by its name. */
export type Elsewhere = (name: string) => string | undefined;

/**
 * What is wrong with an object of options: a sentence each, without values, which may be secrets.
 *
 * @param scope whose options they are, for the names in the sentences: `signalwire` makes `signalwire.signingKey`
 */
export function optionIssues(
  options: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, OptionRule>>,
  scope = '',
  elsewhere: Elsewhere = () => undefined,
): readonly string[] {
  const scoped = (name: string): string => (scope === '' ? name : `${scope}.${name}`);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(rules, name));
  const issues = unknown.map((name) => `\`${scoped(name)}\` is no option; ${adviceFor(name)}`);
  for (const [name, rule] of Object.entries(rules)) {
    const value = options[name];
    const isAbsent = value === undefined && !(rule.refusesUndefined && Object.hasOwn(options, name));
    if (isAbsent && rule.isRequired) issues.push(`\`${scoped(name)}\` is missing: expected ${rule.expected}.`);
    if (!isAbsent) issues.push(...issuesOf(scoped(name), value, rule));
  }
  return issues;

  function adviceFor(name: string): string {
    const renamed = Object.keys(rules).find((known) => rules[known]?.aliases?.includes(name));
    if (renamed !== undefined) return `here it is \`${scoped(renamed)}\`.`;
    const advice = elsewhere(name);
    if (advice !== undefined) return advice;
    const nearest = nearestName(name, Object.keys(rules));
    const guess = nearest === undefined ? 'known' : `did you mean \`${scoped(nearest)}\`? Known`;
    return `${guess}: ${namesOf(rules)}.`;
  }
}

function issuesOf(name: string, value: unknown, rule: OptionRule): readonly string[] {
  if (rule.options !== undefined && isRecord(value)) return optionIssues(value, rule.options, name);
  if (rule.fits(value)) return [];
  return [`\`${name}\`: ${rule.explain?.(value) ?? `expected ${rule.expected}, got ${kindOf(value)}.`}`];
}

/** What a value is, and not which: it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  switch (typeof value) {
    case 'string':
      return value.trim() === '' ? 'an empty text' : 'a text';
    case 'number':
      return numberKindOf(value);
    case 'boolean':
      return String(value);
    case 'function':
      return 'a function';
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}

function numberKindOf(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  if (value < 0) return 'a negative number';
  return Number.isInteger(value) ? 'a number' : 'a fraction';
}

function namesOf(rules: object): string {
  return Object.keys(rules).join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
