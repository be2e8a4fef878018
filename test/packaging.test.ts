// What packing changes, and what the packages may import.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Manifest, publicPackages, ROOT } from '../scripts/packages.ts';
import { type Publication, publishedManifest, publishedReadme } from '../scripts/published.ts';
import { REPOSITORY } from '../scripts/repository.ts';

const names = new Map(publicPackages().map(({ folder, manifest }) => [path.relative(ROOT, folder), manifest.name]));
const undecided: Publication = { folder: 'packages/koa', repository: undefined, names };
const decided: Publication = { ...undecided, repository: 'https://code.example/call-status' };

describe('the README of a package', () => {
  const text =
    '[a](../../README.md#handlers) [b](../core/README.md) [c](../express) ![d](x.png) [e](https://x.example) [f](#g)';

  it('links to the registry and the repository', () => {
    expect(publishedReadme(text, decided)).toBe(
      '[a](https://code.example/call-status/blob/main/README.md#handlers) [b](https://www.npmjs.com/package/@call-status/core) [c](https://www.npmjs.com/package/@call-status/express) ![d](x.png) [e](https://x.example) [f](#g)',
    );
  });

  it('has no links into a repository that has no address', () => {
    expect(publishedReadme(text, undecided)).toBe(
      'a [b](https://www.npmjs.com/package/@call-status/core) [c](https://www.npmjs.com/package/@call-status/express) ![d](x.png) [e](https://x.example) [f](#g)',
    );
  });

  it.each([...names])('of %s has no relative link once packed, and none that is dead before', (folder) => {
    const readme = readFileSync(path.join(ROOT, folder, 'README.md'), 'utf8');
    for (const publication of [undecided, decided]) {
      expect(publishedReadme(readme, { ...publication, folder })).not.toMatch(/\]\(\.{0,2}\//);
    }
    for (const [, link = ''] of readme.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)) {
      expect(existsSync(path.join(ROOT, folder, link)), link).toBe(true);
    }
  });
});

describe('the manifest of a package', () => {
  const manifest: Manifest = {
    name: '@call-status/inbox',
    version: '1.2.3',
    exports: {},
    peerDependencies: { '@call-status/core': '>=0.0.0', fastify: '^5.0.0' },
  };

  it('has the addresses, and the core of its own version as a peer', () => {
    expect(publishedManifest(manifest, { ...decided, folder: 'packages/inbox' })).toEqual({
      ...manifest,
      peerDependencies: { '@call-status/core': '^1.2.3', fastify: '^5.0.0' },
      repository: { type: 'git', url: 'git+https://code.example/call-status.git', directory: 'packages/inbox' },
      homepage: 'https://code.example/call-status/tree/main/packages/inbox#readme',
      bugs: 'https://code.example/call-status/issues',
    });
  });

  it('has no address that is not decided', () => {
    const { peerDependencies: _, ...plain } = manifest;
    expect(publishedManifest(plain, undecided)).toEqual(plain);
  });
});

it('refuses a release as long as the repository has no address', () => {
  expect(REPOSITORY).toBeUndefined();
  const release = spawnSync(process.execPath, ['--import', 'tsx', path.join(ROOT, 'scripts/release.ts'), '--dry-run'], {
    encoding: 'utf8',
  });
  expect(release.status).toBe(1);
  expect(release.stderr).toContain('set REPOSITORY in scripts/repository.ts');
});

describe('imports', () => {
  const folders = readdirSync(path.join(ROOT, 'packages')).filter((id) =>
    existsSync(path.join(ROOT, 'packages', id, 'package.json')),
  );

  it.each(folders)('of %s are declared', (id) => {
    const folder = path.join(ROOT, 'packages', id);
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const declared = new Set(
      [manifest.name, manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap((one) =>
        typeof one === 'string' ? one : Object.keys(one ?? {}),
      ),
    );
    const undeclared = sourcesOf(path.join(folder, 'src')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|(?:import|export|\}) .*?\bfrom) '([^.'][^']*)';$/gm)]
        .map(([, specifier = '']) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
        .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !declared.has(name))
        .map((name) => `${path.relative(folder, file)}: ${name}`),
    );
    expect(undeclared).toEqual([]);
  });
});

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))
    .map((file) => path.join(folder, file));
}
