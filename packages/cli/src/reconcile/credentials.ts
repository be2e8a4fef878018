import type { Provider } from '@call-status/core';
import type { ProviderLike } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { API_VARIABLES, type ApiPart } from './api-variables.ts';

/** A provider as far as it can be asked. */
export interface Askable {
  readonly provider: Provider;
  /** Whom it asks; `undefined` if a function decides for each tenant. */
  readonly host: string | undefined;
  /** Whether calls of tenants can be asked about. */
  readonly hasTenants: boolean;
}

/** Why a provider cannot be asked, and what to do about it. */
export interface Unaskable {
  readonly result: 'no_api' | 'no_credentials';
  readonly why: string;
  readonly fix: string;
}

/**
 * A provider with the credentials for its API: from the environment, else from the configuration file.
 *
 * @param secret the secret part of the credentials, if a flag has given it
 * @throws CliError wrong_usage when credentials are there but cannot be right
 */
export function askableOf(like: ProviderLike, secret: string | undefined): Askable | Unaskable {
  const { definition } = like;
  const { name, fetchCall } = definition;
  const { options = {} } = like as { options?: Provider['options'] & { readonly api?: unknown } };
  if (fetchCall === undefined) {
    return {
      result: 'no_api',
      why: `${name} documents no way to ask about a call`,
      fix: 'A late callback may still end these calls, or your application does: inbox.endCall().',
    };
  }
  const ways = API_VARIABLES[name] ?? [];
  const found = ways.map((parts) => credentialsIn(parts, secret)).find((one) => one !== undefined);
  const api = found ?? options.api;
  if (api === undefined) return { result: 'no_credentials', ...whatIsMissing(name, ways, secret) };
  check(like, api, ways);
  const provider: Provider = { name, definition, options: { ...options, api } as Provider['options'] };
  if (typeof api === 'function') return { provider, host: undefined, hasTenants: true };
  const { url = fetchCall.request(['id'], api).url } = api as { readonly url?: string };
  return { provider, host: new URL(url).host, hasTenants: false };
}

/** The names of the variables with the credentials of a provider, for advice; empty for a provider of the configuration. */
export function variablesOf(provider: string): readonly string[] {
  return [...new Set((API_VARIABLES[provider] ?? []).flat().map(({ variable }) => variable))];
}

function credentialsIn(parts: readonly ApiPart[], secret: string | undefined): object | undefined {
  const values = parts.map((part) => [part, partIn(part, secret)] as const);
  if (values.some(([part, value]) => value === undefined && part.isOptional !== true)) return undefined;
  return Object.fromEntries(values.flatMap(([{ option }, value]) => (value === undefined ? [] : [[option, value]])));
}

function partIn({ variable, isSecret }: ApiPart, secret: string | undefined): string | undefined {
  const value = isSecret === true && secret !== undefined ? secret : process.env[variable];
  return value === undefined || value.trim() === '' ? undefined : value;
}

function whatIsMissing(
  name: string,
  ways: readonly (readonly ApiPart[])[],
  secret: string | undefined,
): Pick<Unaskable, 'why' | 'fix'> {
  const why = `there are no credentials for the API of ${name}`;
  const missing = ways.map((parts) =>
    parts
      .filter((part) => part.isOptional !== true && partIn(part, secret) === undefined)
      .map(({ variable }) => variable),
  );
  if (missing.length === 0) return { why, fix: `Give it an api in the configuration file: ${name}({ api }).` };
  const variables = missing.map((names) => listed(names)).join(', or ');
  return { why, fix: `Set ${variables}; --env .env reads a file.` };
}

/** `A`, `A and B`, `A, B and C`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Values are left out: a secret may be in the wrong variable. */
function check({ definition }: ProviderLike, api: unknown, ways: readonly (readonly ApiPart[])[]): void {
  const { name, options = {} } = definition;
  const result = options['api']?.['~standard'].validate(api) as { issues?: readonly { message: string }[] } | undefined;
  if (result?.issues === undefined) return;
  const what = `The credentials for the API of ${name} cannot be right.`;
  if (ways.length === 0) throw wrongUsage(what, 'They come from the configuration file.');
  const issues = result.issues.map(({ message }) => message.replace(/, got .*/s, '.')).join(' ');
  throw wrongUsage(`${what} ${issues}`, `They come from ${listed(variablesOf(name))}, or from the configuration file.`);
}
