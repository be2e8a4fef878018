import type { CallbackRequest } from '../callback-request.ts';

/** A value, or what waits for it. */
export type MaybePromise<T> = T | Promise<T>;

/** The secrets of one tenant. */
export interface TenantSecrets {
  /** Whose they are, in 1 to 64 characters. It is the event's `tenant`, and part of what tells calls apart. */
  readonly tenant: string;
  /** Any of them is right. An empty list refuses the callback. */
  readonly secrets: string | readonly string[];
}

/**
 * A secret: one; several at a time (rotation: any of them is right); a function without parameters that returns them; or a function of
 * the request, which has to say whose secrets they are, so that tenants cannot write into each other's calls.
 * A function that returns `undefined` or an empty list refuses the callback.
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

/** The secrets that are right for a request; none means that nothing is. */
export interface Found {
  readonly secrets: readonly string[];
  /** Whose they are. */
  readonly tenant?: string | undefined;
}

/**
 * Finds the secrets for a request. A text without anything but white space is never a secret.
 * What a {@link Secret} function throws or rejects with comes out as it is.
 *
 * @throws TypeError (or rejects with) when a function of the request does not say whose secrets they are
 */
export function secretsOf(secret: Secret, request: CallbackRequest): Found | Promise<Found> {
  if (typeof secret !== 'function') return { secrets: listOf(secret) };
  // Without parameters it may still look: at `arguments`, or at a rest or default parameter.
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
  'A function that looks at the request has to return { tenant, secrets }, so that tenants cannot end each other’s calls. One without parameters may return secrets only.';

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
    throw new TypeError('A secret has to be a text.');
  }
  return secrets.filter((one) => one.trim() !== '');
}

/** It is part of keys, ids and logs. */
const TENANT = /^(?!\s*$)[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

/** @throws TypeError */
export function checkedTenant(tenant: unknown): string {
  if (typeof tenant === 'string' && TENANT.test(tenant)) return tenant;
  throw new TypeError('A tenant has to be a text of 1 to 64 characters, without control characters.');
}
