import { defineProvider, type ProviderFactory } from './define-provider.ts';

type AnyFactory = ProviderFactory<string, never, object, unknown, unknown>;

const loaded: AnyFactory[] = [];

/**
 * `defineProvider` for the built-in providers. It notes that the provider is loaded, so that nothing has to name all of them: a bundle has
 * only those that the application imports.
 */
export const defineBuiltIn: typeof defineProvider = (definition) => {
  const factory = defineProvider(definition);
  loaded.push(factory as never);
  return factory;
};

/** The built-in providers that are loaded: all of them, except in a bundle. By name. */
export function loadedProviders(): readonly AnyFactory[] {
  return loaded.toSorted((one, other) => one.definition.name.localeCompare(other.definition.name));
}
