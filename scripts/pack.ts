/** Packs every public package as it would be published. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { publicPackages, ROOT, readManifest, run } from './packages.ts';
import { type Publication, publishedManifest, publishedReadme } from './published.ts';
import { REPOSITORY } from './repository.ts';

/** Packs into a folder; returns the tarballs by package name. */
export function pack(destination: string): Map<string, string> {
  const tarballs = new Map<string, string>();
  const packages = publicPackages();
  const [pnpm] = (readManifest(ROOT).packageManager ?? 'pnpm').split('+');
  const names = new Map(packages.map(({ path, manifest }) => [path, manifest.name]));
  for (const { path, folder, manifest } of packages) {
    // npm would ignore publishConfig.exports and leave `workspace:` in the dependencies.
    run('npx', ['-y', String(pnpm), 'pack', '--pack-destination', destination], folder);
    const tarball = join(destination, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
    repack(tarball, destination, { folder: path, repository: REPOSITORY, names });
    tarballs.set(manifest.name, tarball);
  }
  return tarballs;
}

/** Makes the manifest and the README those of a published package. */
function repack(tarball: string, destination: string, publication: Publication): void {
  // By its name: GNU tar takes the `C:` of a path on Windows for a host.
  const file = basename(tarball);
  run('tar', ['-xzf', file], destination);
  const folder = join(destination, 'package');
  const manifest = publishedManifest(readManifest(folder), publication);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const readme = join(folder, 'README.md');
  writeFileSync(readme, publishedReadme(readFileSync(readme, 'utf8'), publication));
  run('tar', ['-czf', file, 'package'], destination);
  rmSync(folder, { recursive: true });
}
