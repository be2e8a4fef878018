import * as providers from '../providers/index.ts';

/** All built-in providers, by name. An application that imports this has all of them in its bundle. */
export const builtInProviders: readonly (typeof providers)[keyof typeof providers][] = Object.values(providers).sort(
  (one, other) => one.definition.name.localeCompare(other.definition.name),
);
