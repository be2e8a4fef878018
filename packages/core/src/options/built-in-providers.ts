import * as providers from '../providers/index.ts';

/** The built-in providers: all of them are used if `providers` is absent. */
export const builtInProviders: readonly (typeof providers)[keyof typeof providers][] = Object.values(providers).sort(
  (one, other) => one.definition.name.localeCompare(other.definition.name),
);
