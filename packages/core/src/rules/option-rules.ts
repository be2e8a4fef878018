import { HANDLER_NAMES, type HandlerName } from '../handlers.ts';
import type { RetryOptions } from '../retry.ts';
import { LONGEST_TIMER_MS } from '../timer.ts';
import type { OptionRule } from './check-options.ts';

/** A whole number of at least 1. */
export const POSITIVE_INTEGER: OptionRule = {
  expected: 'a whole number of at least 1',
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
};

/** A function. */
export const FUNCTION: OptionRule = { expected: 'a function', fits: (value) => typeof value === 'function' };

/** A text. */
export const TEXT: OptionRule = { expected: 'a text', fits: (value) => typeof value === 'string' };

/** A text that is never shown. */
export const SECRET_TEXT: OptionRule = { ...TEXT, isSecret: true };

/** A tenant: it is part of keys, ids and logs. */
export const TENANT: OptionRule = {
  expected: 'a text of 1 to 64 characters without control characters',
  fits: (value) => typeof value === 'string' && /^(?!\s*$)[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(value),
  isSecret: true,
};

/** Yes or no. */
export const BOOLEAN: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };

/** A delay that a timer supports. */
export const MILLISECONDS: OptionRule = {
  expected: `a number of milliseconds from 0 to ${LONGEST_TIMER_MS}`,
  fits: (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_TIMER_MS,
};

/** A time that passes in a store, so it may be longer than a timer supports. */
export const SPAN: OptionRule = {
  expected: 'a number of milliseconds above 0',
  fits: (value) => Number.isFinite(value) && (value as number) > 0,
};

/** How long closing may take; unlike a delay, it may be longer than a timer supports. */
export const DEADLINE: OptionRule = {
  expected: 'a number of milliseconds of at least 0',
  fits: (value) => typeof value === 'number' && value >= 0,
  aliases: ['deadline', 'timeout', 'timeoutMs'],
};

/** A rule with other names for the option. */
export function named(rule: OptionRule, ...aliases: readonly string[]): OptionRule {
  return { ...rule, aliases };
}

/** One of several words. */
export function oneOf(...words: readonly string[]): OptionRule {
  return {
    expected: words
      .map((word) => `'${word}'`)
      .join(', ')
      .replace(/, ([^,]+)$/, ' or $1'),
    fits: (value) => words.includes(value as string),
  };
}

/** A list of one or more of several words. */
export function listOf(...words: readonly string[]): OptionRule {
  const { expected, fits } = oneOf(...words);
  return {
    expected: `a list of ${expected}`,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(fits),
    aliases: ['event', 'statusCallbackEvents'],
  };
}

/** An object of options, each by its own rule. */
export function objectOf<Options>(rules: { readonly [Name in keyof Options]-?: OptionRule }): OptionRule {
  const names = Object.keys(rules)
    .join(', ')
    .replace(/, (?!.*, )/, ' or ');
  return { expected: `an object with ${names}`, fits: () => false, options: rules };
}

/** Other names for handlers that are not similar to ours. */
const FOREIGN_HANDLERS: Readonly<Partial<Record<HandlerName, readonly string[]>>> = {
  onInProgress: ['onAnswer', 'onAnswered', 'onConnected'],
  onEnded: ['onHangup', 'onHungUp', 'onFinished', 'onTerminal'],
  onStatus: ['onEvent', 'onCallback', 'onStatusChange', 'onAny'],
};

/** The handlers. */
export const HANDLER_RULES: Readonly<Record<string, OptionRule>> = Object.fromEntries(
  HANDLER_NAMES.map((name) => [name, named(FUNCTION, ...(FOREIGN_HANDLERS[name] ?? []))]),
);

/** The options that receivers and providers share, besides the handlers. */
export const SHARED_RULES: Readonly<
  Record<'retry' | 'handlerTimeoutMs' | 'concurrency' | 'allowUnauthenticated', OptionRule>
> = {
  retry: named(
    objectOf<RetryOptions>({
      attempts: named(POSITIVE_INTEGER, 'retries', 'maxAttempts', 'maxRetries'),
      backoff: FUNCTION,
    }),
    'retries',
    'attempts',
    'maxAttempts',
    'maxRetries',
    'backoff',
  ),
  handlerTimeoutMs: {
    expected: 'a number of milliseconds above 0, or Infinity',
    fits: (value) => typeof value === 'number' && value > 0,
    aliases: ['handlerTimeout', 'timeout', 'timeoutMs', 'jobTimeout'],
  },
  concurrency: named(POSITIVE_INTEGER, 'maxConcurrency', 'parallelism', 'prefetch'),
  allowUnauthenticated: named(BOOLEAN, 'validate', 'verify', 'skipVerification', 'insecure', 'unsafe', 'allowUnsigned'),
};
