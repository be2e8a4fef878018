import type { CallbackRequest } from '../callback-request.ts';
import { TENANT } from '../rules/option-rules.ts';

/** A value or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** The secrets of one tenant. */
export interface TenantSecrets {
  /** The tenant, in 1 to 64 characters. It becomes the event's `tenant`, and calls of different tenants are separate. */
  readonly tenant: string;
  /** Any of them is accepted. An empty list rejects the callback. */
  readonly secrets: string | readonly string[];
}

/**
 * A secret: one; several (for rotation: any of them is accepted); a function without parameters that returns them; or a function of the
 * request, which must name the tenant, so that tenants cannot write into each other's calls. If a function returns `undefined` or an empty
 * list, the callback is rejected.
 *
 * @example
 * ```ts
 * import { signalwire } from '@call-status/core';
 *
 * const keys: Record<string, string> = { acme: 'PSK…' };
 *
 * signalwire({
 *   signingKey: (request) => {
 *     const tenant = new URL(request.url, 'https://hooks.example.com').searchParams.get('tenant') ?? '';
 *     return Object.hasOwn(keys, tenant) ? { tenant, secrets: keys[tenant]! } : undefined;
 *   },
 * });
 * ```
 */
export type Secret =
  | string
  | readonly string[]
  | (() => MaybePromise<string | readonly string[] | TenantSecrets | undefined>)
  | ((request: CallbackRequest) => MaybePromise<TenantSecrets | undefined>);

/** The secrets that are valid for a request; if empty, nothing is valid. */
export interface Found {
  readonly secrets: readonly string[];
  /** Whose they are. */
  readonly tenant?: string | undefined;
}

/**
 * Finds the secrets for a request. A blank string is never a secret. Errors of a {@link Secret} function are passed through.
 *
 * @throws TypeError (or rejects with) if a function of the request does not name the tenant
 */
export function secretsOf(secret: Secret, request: CallbackRequest): Found | Promise<Found> {
  if (typeof secret !== 'function') return { secrets: listOf(secret) };
  // A function without declared parameters may still read the request: from `arguments`, or a rest or default parameter.
  let looks = secret.length > 0;
  const watched = looks
    ? request
    : watch(request, () => {
        looks = true;
      });
  return Promise.resolve(secret(watched)).then((found) => {
    if (found === undefined) return { secrets: [] };
    if (isTenants(found)) return { secrets: listOf(found.secrets), tenant: checkedTenant(found.tenant) };
    if (looks) throw new TypeError(NO_TENANT);
    return { secrets: listOf(found) };
  });
}

const NO_TENANT =
  'A function that reads the request must return { tenant, secrets }, so that tenants cannot end each other’s calls. Only one without parameters may return just the secrets.';

function watch(request: CallbackRequest, onLook: () => void): CallbackRequest {
  return new Proxy(request, {
    get(target, name) {
      onLook();
      return Reflect.get(target, name);
    },
  });
}

function isTenants(found: string | readonly string[] | TenantSecrets): found is TenantSecrets {
  return typeof found === 'object' && found !== null && 'secrets' in found;
}

function listOf(given: string | readonly string[]): readonly string[] {
  const secrets = typeof given === 'string' ? [given] : given;
  if (!Array.isArray(secrets) || secrets.some((one) => typeof one !== 'string')) {
    throw new TypeError('A secret must be a string.');
  }
  return secrets.filter((one) => one.trim() !== '');
}

/** @throws TypeError */
function checkedTenant(tenant: unknown): string {
  if (TENANT.fits(tenant)) return tenant as string;
  throw new TypeError(`A tenant must be ${TENANT.expected}.`);
}
