import type { Choices } from './choices.ts';

/** What a project needs of its package.json. */
export interface Manifest {
  readonly type?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The versions with which the files are tested. */
export const VERSIONS = {
  express: '^5.3.0',
  '@types/express': '^5.0.6',
  koa: '^3.3.0',
  '@koa/router': '^15.7.0',
  '@types/koa': '^3.0.3',
  fastify: '^5.12.8',
  '@types/node': '^20.19.0',
  tsx: '^4.23.15',
  typescript: '^7.0.2',
} as const;

type Versioned = keyof typeof VERSIONS;

const FRAMEWORK: Readonly<Record<Choices['framework'], { needs: readonly Versioned[]; types: readonly Versioned[] }>> =
  {
    express: { needs: ['express'], types: ['@types/express'] },
    koa: { needs: ['koa', '@koa/router'], types: ['@types/koa'] },
    fastify: { needs: ['fastify'], types: [] },
  };

/**
 * The part of package.json that the files need.
 *
 * @param own the version of call-status
 * @param extension of the files: `ts`, or `mjs` in a package of CommonJS
 */
export function manifestFor({ framework, inbox, language }: Choices, own: string, extension: string): Manifest {
  const { needs, types } = FRAMEWORK[framework];
  const isTypeScript = language === 'ts';
  const loader = isTypeScript ? ' --import tsx' : '';
  const ours = [`@call-status/${framework}`, ...(inbox === 'memory' ? [] : [`@call-status/inbox-${inbox}`])];
  const tools = isTypeScript ? [...types, '@types/node' as const, 'tsx' as const, 'typescript' as const] : [];
  return {
    scripts: {
      start: `node --env-file=.env${loader} src/server.${extension}`,
      test: `node${loader} --test test/calls.test.${extension}`,
      ...(isTypeScript && { typecheck: 'tsc' }),
    },
    dependencies: sorted([...ours.map((name) => [name, `^${own}`] as const), ...needs.map(versioned)]),
    devDependencies: sorted([['@call-status/testing', `^${own}`], ['call-status', `^${own}`], ...tools.map(versioned)]),
  };
}

function versioned(name: Versioned): readonly [string, string] {
  return [name, VERSIONS[name]];
}

function sorted(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A package.json of its own, for an empty folder. */
export function newPackageFile(name: string, manifest: Manifest): string {
  return written({ name, version: '0.0.0', private: true, type: 'module', engines: { node: '>=20.19' }, ...manifest });
}

/**
 * An existing package.json with what it lacks added. Nothing of it changes: a script or version that is there stays.
 *
 * @param kept called with the name of each script that is there and does something else
 */
export function mergedPackageFile(text: string, wanted: Manifest, kept: (script: string) => void): string {
  const present = JSON.parse(text) as Partial<Record<string, Readonly<Record<string, string>>>>;
  const { scripts = {}, dependencies = {}, devDependencies = {} } = present;
  for (const [name, script] of Object.entries(wanted.scripts)) {
    if ((scripts[name] ?? script) !== script) kept(name);
  }
  const known = { ...present['peerDependencies'], ...devDependencies, ...dependencies };
  const lacking = (all: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(all).filter(([name]) => !(name in known));
  const merged = {
    ...present,
    scripts: { ...wanted.scripts, ...scripts },
    dependencies: sorted([...Object.entries(dependencies), ...lacking(wanted.dependencies)]),
    devDependencies: sorted([...Object.entries(devDependencies), ...lacking(wanted.devDependencies)]),
  };
  return written(merged, /^[ \t]+(?=")/m.exec(text)?.[0]);
}

function written(manifest: object, indentation = '  '): string {
  return `${JSON.stringify(manifest, null, indentation)}\n`;
}
