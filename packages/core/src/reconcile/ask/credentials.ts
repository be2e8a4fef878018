import { CallStatusError } from '../../errors.ts';
import type { Provider } from '../../provider/define-provider.ts';
import type { FetchCall } from '../../provider/fetch-call.ts';
import { issuesOfOption, type StandardSchema, validate } from '../../provider/standard-schema.ts';
import { loggableWord } from '../../text/redact.ts';
import type { Obstacle } from '../asker.ts';

/** Credentials as a user gives them, and for tests the origin that is asked instead of the provider's. */
export type Credentials = object & { readonly url?: string };

type Api = Credentials | ((tenant: string | undefined) => unknown);

/** Whether a provider has an `api`, and so can be asked. */
export function hasApi({ definition, options }: Provider): boolean {
  return definition.fetchCall !== undefined && apiOf(options) !== undefined;
}

/** Why a provider cannot be asked; `undefined` if it can. */
export function obstacleTo(name: string, providers: readonly Provider[]): Exclude<Obstacle, 'invalid_id'> | undefined {
  const provider = providers.find((each) => each.name === name);
  if (provider === undefined) return 'no_credentials';
  if (provider.definition.fetchCall === undefined) return 'no_api';
  return hasApi(provider) ? undefined : 'no_credentials';
}

/** Whether a provider with an `api` can be asked for an id. The pattern must match all of it. Nothing but dots is a step in a path. */
export function isCallId(callId: string, { definition }: Provider): boolean {
  const { callIdPattern } = definition.fetchCall as FetchCall;
  return callIdPattern.exec(callId)?.[0] === callId && !/^\.+$/.test(callId);
}

/**
 * The credentials for calls of a tenant, or for calls without one; `undefined` if the tenant has none.
 *
 * @throws CallStatusError `api_credentials` (rejects with) if the function of the user fails or returns something else
 */
export async function credentialsFor(provider: Provider, tenant: string | undefined): Promise<Credentials | undefined> {
  const { name, definition, options } = provider;
  const api = apiOf(options) as Api;
  if (typeof api !== 'function') {
    if (tenant === undefined) return api;
    // The id came from this tenant, so with shared credentials it could read the calls of another.
    const hint = `Give ${name} a function that returns the credentials of a tenant: api: (tenant) => credentials.`;
    throw new CallStatusError('api_credentials', { provider: name, reason: 'All tenants share them.', hint });
  }
  const given = await resultOf(() => api(tenant), name, tenant);
  if (given === undefined) return undefined;
  const schema = definition.options?.['api'] as StandardSchema;
  const where = `The result of ${name}.api`;
  const { issues = [] } = typeof given === 'function' ? NO_FUNCTION : validate(schema, given, where);
  if (issues.length === 0) return given as Credentials;
  throw new CallStatusError('api_credentials', {
    provider: name,
    reason: `api() returned something else${ofTenant(tenant)}.`,
    issues: issuesOfOption(schema, issues, given, `${name}.api()`),
  });
}

/** Whose credentials, for the text of an error; nothing where there are no tenants. */
export function ofTenant(tenant: string | undefined): string {
  return tenant === undefined ? '' : ` for the tenant ${loggableWord(tenant)}`;
}

const NO_FUNCTION = { issues: [{ message: 'expected credentials, got a function.' }] };

async function resultOf(call: () => unknown, provider: string, tenant: string | undefined): Promise<unknown> {
  try {
    return await call();
  } catch (cause) {
    const reason = `api() failed${ofTenant(tenant)}.`;
    throw new CallStatusError('api_credentials', { provider, reason, hint: 'Fix the error in `cause`.' }, { cause });
  }
}

function apiOf(options: object): Api | undefined {
  return (options as { readonly api?: Api }).api;
}
