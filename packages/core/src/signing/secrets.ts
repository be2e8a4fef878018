import type { CallbackRequest } from '../callback-request.ts';
import type { Secret, TenantSecrets } from '../provider/define-provider.ts';

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
