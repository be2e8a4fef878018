import { existsSync } from 'node:fs';
import type { Fixture, ProviderLike } from '@call-status/testing';
import { messageOf, notFound, unreachable, wrongUsage } from '../cli-error.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { didYouMean } from './did-you-mean.ts';

/** The providers of a command: the built-in ones, and those of the configuration, which come first. */
export interface Providers {
  readonly all: readonly ProviderLike[];
  readonly config: LoadedConfig | undefined;
}

/** Loads the providers. */
export async function loadProviders({ config: file }: { readonly config?: string | undefined }): Promise<Providers> {
  const { builtInProviders } = await import('@call-status/core');
  const config = await loadConfig(file);
  const own = config?.providers ?? [];
  const builtIn = builtInProviders.filter(
    ({ definition }) => !own.some((one) => one.definition.name === definition.name),
  );
  return { all: [...own, ...builtIn], config };
}

/**
 * The provider with a name.
 *
 * @throws CliError wrong_usage
 */
export function findProvider(name: string, { all }: Providers): ProviderLike {
  const found = all.find(({ definition }) => definition.name === name);
  if (found !== undefined) return found;
  const names = all.map(({ definition }) => definition.name);
  throw wrongUsage(`There is no provider "${name}".`, didYouMean(name, names, `There are ${names.join(', ')}.`));
}

const NAMED_IN_CONFIG = 'It is named in `fixtures` of the configuration.';

/** The callbacks of a provider: those of its folder in the configuration, or the built-in ones. */
export async function fixturesOf(provider: ProviderLike, { config }: Providers): Promise<readonly Fixture[]> {
  const { fixtures, readFixtures } = await import('@call-status/testing');
  const folder = config?.fixtures?.[provider.definition.name];
  if (folder === undefined || config === undefined) return fixtures(provider);
  const { name } = provider.definition;
  const url = new URL(folder.endsWith('/') ? folder : `${folder}/`, config.url);
  if (!existsSync(url)) throw notFound(`There is no folder ${folder} with callbacks of ${name}.`, NAMED_IN_CONFIG);
  try {
    return readFixtures(provider, url);
  } catch (cause) {
    throw unreachable(`The callbacks of ${name} cannot be read. ${messageOf(cause)}`, NAMED_IN_CONFIG, cause);
  }
}
