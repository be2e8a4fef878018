/** What packing changes in a package: what must be true for a user on the registry, and cannot be in the repository. */
import { posix } from 'node:path';
import type { Manifest } from './packages.ts';
import type { Address } from './repository.ts';

/** What is the same for all packages. */
export interface Publication {
  /** The folder of the package: `packages/express`. */
  readonly folder: string;
  /** Where the repository is published; `undefined` as long as that is not decided. */
  readonly repository: Address | undefined;
  /** The names of the packages, by their folders. */
  readonly names: ReadonlyMap<string, string>;
}

const CORE = '@call-status/core';

/** The manifest with its addresses, and with the core as a peer of the same minor version. */
export function publishedManifest(packed: Manifest, { folder, repository }: Publication): Manifest {
  const { peerDependencies } = packed;
  return {
    ...packed,
    // In the repository it is any version: a range there would make every minor release of the core a major one of its peers.
    ...(peerDependencies?.[CORE] && { peerDependencies: { ...peerDependencies, [CORE]: `^${packed.version}` } }),
    ...(repository && {
      repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
      homepage: `${repository}/tree/main/${folder}#readme`,
      bugs: `${repository}/issues`,
    }),
  };
}

/** A link to a place in the repository; not an image, an address or an anchor of the same page. */
const LINK = /(?<!!)\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)/g;

/**
 * The README as it can be read outside of the repository: links to packages go to the registry, others to the repository. As long as
 * that has no address, they are plain text.
 */
export function publishedReadme(text: string, { folder, repository, names }: Publication): string {
  return text.replace(LINK, (_, label: string, path: string, anchor = '') => {
    const target = posix.join(folder, path).replace(/\/$/, '');
    const name = names.get(target.replace(/\/README\.md$/, ''));
    if (name !== undefined) return `[${label}](https://www.npmjs.com/package/${name}${anchor})`;
    return repository === undefined ? label : `[${label}](${repository}/blob/main/${target}${anchor})`;
  });
}
