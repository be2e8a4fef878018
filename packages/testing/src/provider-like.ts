import type { Provider } from '@call-status/core';
import type { AnyProviderDefinition } from '@call-status/core/provider';

/** A provider, with or without its options: `signalwire`, or `signalwire({ signingKey })`. */
export interface ProviderLike {
  readonly definition: AnyProviderDefinition;
}

/** The fields of a provider's callbacks. */
export type FieldsOf<P> = P extends (...options: never[]) => Provider<string, infer Fields>
  ? Fields
  : P extends Provider<string, infer Fields>
    ? Fields
    : unknown;

/** The name of a provider. */
export function nameOf(provider: ProviderLike | string): string {
  return typeof provider === 'string' ? provider : provider.definition.name;
}
