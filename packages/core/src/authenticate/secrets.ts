import type { Secret } from '../provider.ts';
import type { CallbackRequest } from '../request.ts';

/**
 * The secrets that are right for a request; none means that nothing is. An empty string is never a secret.
 * What a {@link Secret} function throws or rejects with comes out as it is.
 */
export function secretsOf(secret: Secret, request: CallbackRequest): readonly string[] | Promise<readonly string[]> {
  if (typeof secret !== 'function') return listOf(secret);
  const found = secret(request);
  return found instanceof Promise ? found.then(listOf) : listOf(found);
}

function listOf(found: string | readonly string[] | undefined): readonly string[] {
  return (typeof found === 'string' ? [found] : (found ?? [])).filter(Boolean);
}
