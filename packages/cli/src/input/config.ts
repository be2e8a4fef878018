import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProviderLike } from '@call-status/testing';
import { messageOf, notFound, unreachable, wrongUsage } from '../cli-error.ts';
import type { Config } from '../index.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `call-status.config.${ending}`);

/** A configuration, with the place where it is. */
export interface LoadedConfig extends Config {
  readonly providers: readonly ProviderLike[];
  /** `file:` URL of the file; relative paths in it start there. */
  readonly url: string;
}

/**
 * Loads the configuration file: the given one, or that of the working directory.
 *
 * @returns `undefined` if there is none
 * @throws CliError not_found, unreachable, wrong_usage
 */
export async function loadConfig(file: string | undefined): Promise<LoadedConfig | undefined> {
  const path = file ?? NAMES.find((name) => existsSync(name));
  if (path === undefined) return undefined;
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw notFound(`${path} does not exist.`);
  const config = defaultOf(await load(absolute, path));
  const { providers = [] } = Object(config) as { providers?: unknown };
  if (typeof config !== 'object' || config === null || !Array.isArray(providers) || !providers.every(isProvider)) {
    throw wrongUsage(
      `${path} has no configuration.`,
      'Write: import { defineConfig } from "call-status"; export default defineConfig({ providers: [acme] });',
    );
  }
  return { ...config, providers, url: pathToFileURL(absolute).href };
}

/** A file that was compiled to CommonJS has its exports in the default export. */
function defaultOf(loaded: unknown): unknown {
  const { default: exported } = loaded as { default?: unknown };
  const { __esModule: isCompiled, default: inner } = Object(exported) as { __esModule?: boolean; default?: unknown };
  return isCompiled ? inner : exported;
}

function isProvider(value: unknown): value is ProviderLike {
  const { definition } = Object(value) as { definition?: { name?: unknown } };
  return typeof definition?.name === 'string';
}

async function load(absolute: string, path: string): Promise<unknown> {
  const { href } = pathToFileURL(absolute);
  const isTypeScript = /\.m?ts$/.test(absolute);
  try {
    if (!isTypeScript || stripsTypes()) return await import(href);
    const loader = await loaderFor(absolute);
    if (loader !== undefined) return await loader(href);
  } catch (cause) {
    throw unreachable(`${path} cannot be loaded: ${messageOf(cause)}`, undefined, cause);
  }
  throw wrongUsage(
    `Node ${process.versions.node} cannot load ${path}, which is TypeScript.`,
    'Install tsx or jiti beside it, run Node 22.18 or later, or write it as .mjs.',
  );
}

/** Whether this Node loads TypeScript. Its types know that only from a later version on. */
function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

type Loader = (href: string) => Promise<unknown>;

/** tsx or jiti, if the project of the file has one. */
async function loaderFor(absolute: string): Promise<Loader | undefined> {
  const require = createRequire(absolute);
  const tsx = resolved(require, 'tsx/esm/api');
  if (tsx !== undefined) {
    // What `require` finds is the CommonJS build, which cannot import in all versions.
    const { href } = pathToFileURL(tsx.replace(/\.cjs$/, '.mjs'));
    const { tsImport } = (await import(href)) as { tsImport: (file: string, parent: string) => Promise<unknown> };
    return (file) => tsImport(file, file);
  }
  const jiti = resolved(require, 'jiti');
  if (jiti === undefined) return undefined;
  const { createJiti } = require(jiti) as { createJiti: (id: string) => { import: Loader } };
  return (file) => createJiti(file).import(file);
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
