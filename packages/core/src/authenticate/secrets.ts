import type { Secret } from '../provider.ts';
import type { CallbackRequest } from '../request.ts';

/**
 * The secrets that are right for a request; none means that nothing is. An empty string is never a secret.
 * What a {@link Secret} function throws or rejects with comes out as it is.
 */
export function secretsOf(secret: Secret, request: CallbackRequest): readonly string[] | Promise<readonly string[]> {
  if (typeof secret === 'string') return secret === '' ? [] : [secret];
  if (typeof secret !== 'function') return listOf(secret);
  return Promise.resolve(secret(request)).then(listOf);
}

function listOf(found: string | readonly string[] | undefined): readonly string[] {
  const secrets = typeof found === 'string' ? [found] : (found ?? []);
  if (secrets.some((one) => typeof one !== 'string')) throw new TypeError('A secret has to be a string.');
  return secrets.filter((one) => one !== '');
}
