import type { ExpectedDetails, NewWatch } from '../inbox/watches.ts';
import { checkOptions, type OptionRule, type OptionRules } from '../rules/check-options.ts';
import { SPAN, TENANT } from '../rules/option-rules.ts';

/** A call that the application has started. */
export interface ExpectOptions extends ExpectedDetails {
  /** The provider's id for the call. */
  readonly callId: string;
  /**
   * How long its first callback may take, in milliseconds; at most a year.
   * @default 120_000 (2 minutes)
   */
  readonly withinMs?: number;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
}

const WITHIN_MS = 120_000;
const YEAR_MS = 365 * 86_400_000;

const RULES: OptionRules<ExpectOptions> = {
  callId: {
    expected: 'the id of a call: 1 to 256 characters without control characters',
    // As of callbacks, with the same rules.
    fits: (value) => typeof value === 'string' && value.length <= 256 && /^[^\p{Cc}\p{Cs}]+$/u.test(value),
    isRequired: true,
    isSecret: true,
    aliases: ['id', 'sid', 'callSid', 'CallSid', 'uuid', 'call'],
  },
  withinMs: {
    expected: 'a number of milliseconds above 0, at most those of a year',
    fits: (value) => SPAN.fits(value) && (value as number) <= YEAR_MS,
    aliases: ['within', 'timeout', 'timeoutMs'],
  },
  from: textUpTo(256, 'caller', 'From'),
  to: textUpTo(256, 'callee', 'To'),
  custom: textUpTo(2000, 'data', 'metadata', 'customField'),
  tenant: TENANT,
};

function textUpTo(length: number, ...aliases: readonly string[]): OptionRule {
  const fits = (value: unknown): boolean => typeof value === 'string' && value.length <= length;
  return { expected: `a text of at most ${length} characters`, fits, isSecret: true, aliases };
}

/**
 * The watch of a call that the application expects.
 *
 * @throws CallStatusError `invalid_options`
 */
export function expectedCall(provider: string, options: ExpectOptions): NewWatch & { readonly dueInMs: number } {
  checkOptions('expect()', options, RULES);
  const { callId, withinMs: dueInMs = WITHIN_MS, from, to, custom, tenant } = options;
  const expected = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(custom !== undefined && { custom }),
  };
  return { provider, callId, ...(tenant !== undefined && { tenant }), dueInMs, expected };
}
