import { CallStatusError } from '../errors.ts';
import { CALL_STATUSES } from '../event.ts';
import { type OptionRules, optionIssues } from '../rules/check-options.ts';
import { FUNCTION, HANDLER_RULES, MILLISECONDS, POSITIVE_INTEGER, SHARED_RULES } from '../rules/option-rules.ts';
import { nearestName } from '../text/nearest-name.ts';
import type { FetchCall } from './fetch-call.ts';
import { isSchema } from './standard-schema.ts';

/** It is part of event ids, logs and stores, separated by colons. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** A name that can be written as `acme({ signingKey })`. */
const OPTION_NAME = /^[A-Za-z_$][\w$]*$/;

/** The options that every provider has. */
const COMMON_OPTIONS: readonly string[] = ['token', ...Object.keys(SHARED_RULES), ...Object.keys(HANDLER_RULES)];

/** The functions of a definition, and whether they are required. */
export const FUNCTIONS = {
  recognizes: true,
  normalize: true,
  eventKey: true,
  whyNot: false,
  decode: false,
  isCallStatus: false,
  authenticate: false,
  sign: false,
  publicKeyOf: false,
  diagnose: false,
  callbackParams: false,
  callbackAttributes: false,
} as const;

const PARTS: readonly string[] = [
  'name',
  'methods',
  'signs',
  'secretOption',
  'options',
  'statuses',
  'causes',
  'schema',
  'recognizedBy',
  'fetchCall',
  ...Object.keys(FUNCTIONS),
];

/** What each part of `fetchCall` must be. */
const FETCH_CALL: OptionRules<FetchCall> = {
  callIdPattern: {
    expected: 'a regular expression for a whole call id, such as /^[0-9a-f]{32}$/',
    fits: (value) => value instanceof RegExp && !value.global && !value.sticky,
    isRequired: true,
  },
  batch: POSITIVE_INTEGER,
  perMinute: {
    expected: 'the number of requests a minute that the provider allows, of at least 2',
    fits: (value) => Number.isSafeInteger(value) && (value as number) >= 2,
  },
  settleMs: MILLISECONDS,
  request: { ...FUNCTION, isRequired: true },
  answers: { ...FUNCTION, isRequired: true },
};

/**
 * Rejects an invalid definition before the first callback arrives.
 *
 * @throws CallStatusError `invalid_options`, with a sentence for each invalid part
 */
export function checkDefinition(definition: unknown): void {
  const issues = isRecord(definition) ? issuesOf(definition) : ['expected an object.'];
  if (issues.length === 0) return;
  const name = isRecord(definition) && isName(definition['name']) ? definition['name'] : undefined;
  throw new CallStatusError('invalid_options', {
    ...(name !== undefined && { provider: name }),
    issues: issues.map((issue) => `defineProvider(${name ?? ''}): ${issue}`),
  });
}

function issuesOf(definition: Readonly<Record<string, unknown>>): string[] {
  const { name, methods, signs, schema, recognizedBy } = definition;
  const issues = Object.keys(definition)
    .filter((part) => !PARTS.includes(part))
    .map((part) => `${part}: no such part; ${guess(part)} ${PARTS.join(', ')}.`);
  const expect = (holds: boolean, issue: string): void => {
    if (!holds) issues.push(issue);
  };
  expect(isName(name), "name: expected up to 64 lower-case letters, digits, '-', '_' and '.', such as 'acme'.");
  expect(methods === undefined || areMethods(methods), "methods: expected a list of 'POST', 'GET' or both.");
  expect(['fields', 'bytes', 'nothing'].includes(signs as string), "signs: expected 'fields', 'bytes' or 'nothing'.");
  expect(isSchema(schema), 'schema: expected a schema of a library that implements Standard Schema, such as valibot.');
  expect(
    recognizedBy === undefined || areNames(recognizedBy),
    "recognizedBy: expected a list of field names, such as ['CallSid'].",
  );
  for (const [part, isRequired] of Object.entries(FUNCTIONS)) {
    const given = definition[part];
    expect(typeof given === 'function' || (given === undefined && !isRequired), `${part}: expected a function.`);
  }
  return [
    ...issues,
    ...issuesOfStatuses(definition),
    ...issuesOfCauses(definition),
    ...issuesOfOptions(definition),
    ...issuesOfSecret(definition),
    ...issuesOfFetchCall(definition),
  ];
}

function guess(part: string): string {
  const nearest = nearestName(part, PARTS);
  return nearest === undefined ? 'there are' : `did you mean ${nearest}? There are`;
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name);
}

function areMethods(methods: unknown): boolean {
  return Array.isArray(methods) && methods.length > 0 && methods.every((one) => one === 'POST' || one === 'GET');
}

function areNames(names: unknown): boolean {
  return Array.isArray(names) && names.length > 0 && names.every((one) => typeof one === 'string');
}

function issuesOfStatuses({ statuses }: Readonly<Record<string, unknown>>): string[] {
  if (!isRecord(statuses)) return ["statuses: expected an object of status words, such as { over: 'completed' }."];
  return Object.entries(statuses)
    .filter(([, status]) => !(CALL_STATUSES as readonly unknown[]).includes(status))
    .map(([word]) => `statuses.${word}: expected one of ${CALL_STATUSES.join(', ')}.`);
}

function issuesOfCauses({ causes = {} }: Readonly<Record<string, unknown>>): string[] {
  if (!isRecord(causes))
    return ["causes: expected an object of words, such as { 'user-busy': 'busy', 'error-*': 'failed' }."];
  return Object.entries(causes).flatMap(([word, status]) => {
    if (word !== word.toLowerCase()) return `causes.${word}: expected lower case, in which words are looked up.`;
    const isStatus = (CALL_STATUSES as readonly unknown[]).includes(status);
    return isStatus ? [] : `causes.${word}: expected one of ${CALL_STATUSES.join(', ')}.`;
  });
}

function issuesOfOptions({ options = {} }: Readonly<Record<string, unknown>>): string[] {
  if (!isRecord(options)) return ['options: expected an object with a schema for each option.'];
  return Object.entries(options).flatMap(([name, schema]) => {
    if (COMMON_OPTIONS.includes(name)) return `options.${name}: every provider has this option; choose another name.`;
    return isSchema(schema) ? [] : `options.${name}: expected a schema of a library that implements Standard Schema.`;
  });
}

/** A secret and its check need each other. An invalid `signs` is reported separately. */
function issuesOfSecret({ signs, secretOption, authenticate, sign }: Readonly<Record<string, unknown>>): string[] {
  const isProved = signs === 'fields' || signs === 'bytes' || secretOption !== undefined || authenticate !== undefined;
  if (!isProved) return sign === undefined ? [] : ['sign: not without a secretOption.'];
  const issues: string[] = [];
  if (authenticate === undefined) issues.push('authenticate: expected a function, since there is a secret to verify.');
  if (typeof secretOption !== 'string' || !OPTION_NAME.test(secretOption)) {
    issues.push("secretOption: expected the name of the option that holds the secret, such as 'signingKey'.");
  } else if (COMMON_OPTIONS.includes(secretOption)) {
    issues.push(`secretOption: every provider has ${secretOption}; choose another name.`);
  }
  return issues;
}

function issuesOfFetchCall({ fetchCall, options }: Readonly<Record<string, unknown>>): readonly string[] {
  if (fetchCall === undefined) return [];
  if (!isRecord(fetchCall)) return [`fetchCall: expected an object with ${Object.keys(FETCH_CALL).join(', ')}.`];
  const issues = optionIssues(fetchCall, FETCH_CALL, 'fetchCall');
  const hasApi = isRecord(options) && options['api'] !== undefined;
  return hasApi
    ? issues
    : [...issues, 'fetchCall: needs an option for its credentials: options: { api: apiOption(…) }.'];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
