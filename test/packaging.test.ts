// What packing changes, and what the packages may import.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Manifest, publicPackages, ROOT } from '../scripts/packages.ts';
import { type Publication, publishedManifest, publishedReadme } from '../scripts/published.ts';

const names = new Map(publicPackages().map((one) => [one.path, one.manifest.name]));
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

describe('the address of the repository', () => {
  it('is in no manifest of the repository', () => {
    for (const folder of [ROOT, ...publicPackages().map((one) => one.folder)]) {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      expect([manifest.repository, manifest.homepage, manifest.bugs], manifest.name).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('is filled in from one place when a package is packed', () => {
    const folder = scratchRepository("'https://code.example/call-status'");
    const packed = runIn(folder, '-e', `import('./scripts/pack.ts').then(({ pack }) => pack(process.cwd()))`);
    expect(packed.status, packed.stderr).toBe(0);
    const tar = (file: string) =>
      execFileSync('tar', ['-xzOf', 'call-status-one-1.0.0.tgz', `package/${file}`], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(tar('package.json'))).toMatchObject({
      repository: { type: 'git', url: 'git+https://code.example/call-status.git', directory: 'packages/one' },
      homepage: 'https://code.example/call-status/tree/main/packages/one#readme',
      bugs: 'https://code.example/call-status/issues',
    });
    expect(tar('README.md')).toBe('[manual](https://code.example/call-status/blob/main/docs/manual.md)');
  });

  it('is needed for a release', () => {
    const release = runIn(scratchRepository('undefined'), 'scripts/release.ts', '--dry-run');
    expect(release.status).toBe(1);
    expect(release.stderr).toContain('Set REPOSITORY in scripts/repository.ts');
  });
});

/** A repository with the scripts of this one, with another address and one package. */
function scratchRepository(address: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  cpSync(path.join(ROOT, 'scripts'), path.join(folder, 'scripts'), { recursive: true });
  writeFileSync(
    path.join(folder, 'scripts/repository.ts'),
    `export const REPOSITORY: string | undefined = ${address};`,
  );
  const one = path.join(folder, 'packages/one');
  mkdirSync(one, { recursive: true });
  const manifest = { name: '@call-status/one', version: '1.0.0', exports: { '.': './index.js' } };
  writeFileSync(path.join(one, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(one, 'README.md'), '[manual](../../docs/manual.md)');
  return folder;
}

function runIn(cwd: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), ...args], { cwd, encoding: 'utf8' });
}

it('all packages that are published have the same version', () => {
  const { fixed } = JSON.parse(readFileSync(path.join(ROOT, '.changeset/config.json'), 'utf8'));
  const names = publicPackages().map(({ manifest }) => manifest.name.replace('@call-status/', ''));
  const scoped = names.filter((name) => name !== 'call-status');
  expect(fixed).toEqual([['call-status', `@call-status/{${scoped.join(',')}}`]]);
  expect(new Set(publicPackages().map(({ manifest }) => manifest.version)).size).toBe(1);
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
