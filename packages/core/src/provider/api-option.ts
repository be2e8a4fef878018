import { type OptionRule, type OptionRules, optionIssues } from '../rules/check-options.ts';
import type { MaybePromise } from '../signing/secrets.ts';
import { isLoopback } from './loopback.ts';
import { type StandardSchema, schemaOf } from './standard-schema.ts';

/**
 * The credentials for a provider's API; or, for tenants, a function that returns those of a tenant, and `undefined` for one whose calls
 * cannot be asked for. Calls of tenants are asked for only with the result of a function, so that no tenant learns of the calls of another.
 *
 * @template Credentials what a provider needs
 */
export type ApiOption<Credentials> =
  | WithUrl<Credentials>
  | ((tenant: string | undefined) => MaybePromise<WithUrl<Credentials> | undefined>);

/** Credentials, and where to use them in tests. */
export type WithUrl<Credentials> = Credentials & {
  /**
   * For tests: an origin on this machine, such as `http://127.0.0.1:8080`, that is asked instead of the provider.
   * @default the provider's host
   */
  readonly url?: string;
};

/** The credentials that a definition's `fetchCall` gets. */
export type ApiOf<Schemas> = Schemas extends { readonly api: StandardSchema<infer _, infer Option> }
  ? Exclude<Option, undefined | ((...args: never) => unknown)>
  : never;

/** The rule for a key, a token or the like: required, and a text without spaces and line breaks. */
export const CREDENTIAL: OptionRule = {
  expected: 'a text without spaces',
  isRequired: true,
  isSecret: true,
  fits: (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
};

const URL_RULE: OptionRule = {
  expected: 'an origin on this machine, for tests, such as http://127.0.0.1:8080',
  isSecret: true,
  fits: isLocalOrigin,
};

function isLocalOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return isLoopback(url) && ['http:', 'https:'].includes(url.protocol) && `${url.origin}/` === url.href;
}

/**
 * The schema for the option `api` of a provider that can be asked for calls: its credentials, or a function of the tenant that returns
 * them. What the function returns is checked too.
 *
 * @param rules a rule for each part of the credentials
 * @example
 * ```ts
 * import { apiOption, CREDENTIAL } from '@call-status/core/provider';
 *
 * const options = { api: apiOption<{ readonly key: string; readonly region?: 'eu' | 'us' }>({
 *   key: CREDENTIAL,
 *   region: { expected: "'eu' or 'us'", fits: (value) => value === 'eu' || value === 'us' },
 * }) };
 * ```
 */
export function apiOption<Credentials>(
  rules: OptionRules<Credentials>,
): StandardSchema<ApiOption<Credentials> | undefined> {
  const all = { ...(rules as Readonly<Record<string, OptionRule>>), url: URL_RULE };
  const names = Object.keys(rules).join(', ');
  return schemaOf((value) => {
    if (value === undefined || typeof value === 'function')
      return { value: value as ApiOption<Credentials> | undefined };
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const issues = isObject
      ? optionIssues(value as Readonly<Record<string, unknown>>, all)
      : [`expected an object with ${names}, or a function of the tenant that returns one.`];
    return issues.length === 0
      ? { value: value as ApiOption<Credentials> }
      : { issues: issues.map((message) => ({ message })) };
  });
}
