import * as providers from '../providers/index.ts';

/** The providers that come with call-status: all of them take part where none is named. */
export const builtInProviders: readonly (typeof providers)[keyof typeof providers][] = Object.values(providers).sort(
  (one, other) => one.definition.name.localeCompare(other.definition.name),
);
