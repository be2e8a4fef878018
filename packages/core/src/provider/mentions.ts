import type { IncomingCallback } from './incoming-callback.ts';

/**
 * Whether a request has one of these fields, in any form: `id`, `id[]`, `id[a]`. On a route that names the provider, a GET with an id of the
 * provider is verified like a POST; without one, and without a signature, it is a browser's.
 */
export function mentions({ record }: IncomingCallback, ...names: readonly string[]): boolean {
  return Object.keys(record).some((given) => names.includes(given.split('[', 1)[0] as string));
}
