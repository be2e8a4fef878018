import type { ProviderLike } from '@call-status/testing';
import { variable } from '../input/env.ts';
import { type SecretArgs, secretFor } from '../input/secrets.ts';

/** What a receiver of one provider would be configured with. */
export interface KnownSecrets {
  /** For the provider's secret option. */
  readonly secrets: readonly string[];
  /** For its `token`. */
  readonly tokens: readonly string[];
}

/** A provider, with what is configured for it. */
export interface KnownProvider {
  readonly provider: ProviderLike;
  readonly known: KnownSecrets;
}

/** The secrets that the flags name: they are for the provider that the command is about. */
export interface NamedSecrets {
  readonly named: readonly string[];
  readonly 'token-from-env'?: string | undefined;
}

/**
 * Reads the secrets that flags name.
 *
 * @param names of environment variables
 * @throws CliError wrong_usage
 */
export async function namedSecrets(
  args: SecretArgs,
  names: readonly string[],
  provider: ProviderLike,
): Promise<NamedSecrets> {
  const piped = args['secret-stdin'] ? await secretFor(provider, { 'secret-stdin': true }) : undefined;
  const fromStdin = piped === undefined ? [] : [piped.secrets[0] ?? piped.token ?? ''];
  return { named: [...names.map(variable), ...fromStdin], 'token-from-env': args['token-from-env'] };
}

/** The secrets of a provider: those that flags name, else of the environment or the configuration. */
export async function secretsOf(provider: ProviderLike, { named, ...args }: NamedSecrets): Promise<KnownSecrets> {
  const { secrets, token } = await secretFor(provider, args);
  const tokens = token === undefined ? [] : [token];
  if (named.length === 0) return { secrets, tokens };
  return provider.definition.secretOption === undefined ? { secrets: [], tokens: named } : { secrets: named, tokens };
}

/** Only what the environment and the configuration say. */
export const NONE_NAMED: NamedSecrets = { named: [] };
