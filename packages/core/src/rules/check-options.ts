import { CallStatusError } from '../errors.ts';
import { nearestName } from '../text/nearest-name.ts';
import { mayHavePhoneNumber } from '../text/redact.ts';

/** The rule for an option. */
export interface OptionRule {
  /** A description that completes "expected …". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /**
   * Whether the option is required.
   * @default false
   */
  readonly isRequired?: boolean;
  /**
   * Whether `undefined` is different from absent: for a secret, it means a missing environment variable.
   * @default false
   */
  readonly refusesUndefined?: boolean;
  /**
   * Whether the value must not be shown: it is or contains a secret, such as the password in a URL.
   * @default false: a short, harmless value is shown
   */
  readonly isSecret?: boolean;
  /** Other names for this option; an error for one of them suggests this option. */
  readonly aliases?: readonly string[];
  /** The nested options, if the option is an object of options. */
  readonly options?: Readonly<Record<string, OptionRule>>;
  /** A more specific sentence than "expected …" about an invalid value. Never contains the value, which may be a secret. */
  readonly explain?: (value: unknown) => string | undefined;
}

/** A rule for each option name. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/**
 * Checks options in the same way for receivers, providers and inboxes. `undefined` is the same as absent.
 *
 * @param what what to call them in the error if they are not an object
 * @throws CallStatusError `invalid_options`, with a sentence for each unknown name and each invalid value
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

/** Returns a more specific sentence about an unknown option, by its name. */
export type Elsewhere = (name: string) => string | undefined;

/**
 * What is wrong with an object of options, one sentence each, with the value only if it is short and harmless.
 *
 * @param scope the owner of the options, for the names in the sentences: `signalwire` gives `signalwire.signingKey`
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
  const got = rule.isSecret ? kindOf(value) : shown(value);
  return [`\`${name}\`: ${rule.explain?.(value) ?? `expected ${rule.expected}, got ${got}.`}`];
}

/** A short, harmless value itself, else its kind. */
function shown(value: unknown): string {
  const isShown = typeof value === 'number' || (typeof value === 'string' && HARMLESS.test(value));
  if (!isShown || mayHavePhoneNumber(String(value))) return kindOf(value);
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A few words. */
const HARMLESS = /^(?=.*\S)[\w .:/+-]{1,20}$/;

/** The kind of a value, never the value itself: it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  switch (typeof value) {
    case 'string':
      return value.trim() === '' ? 'an empty text' : 'a text';
    case 'number':
      return 'a number';
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

function namesOf(rules: object): string {
  return Object.keys(rules).join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
