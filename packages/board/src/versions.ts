import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The versions of the packages, which are released together. */
export const VERSIONS: { readonly board: string; readonly core: string } = {
  board: versionOf('@call-status/board'),
  core: versionOf('@call-status/core'),
};

/** In a bundle, there is no package.json. */
export function versionOf(name: string): string {
  try {
    return (require(`${name}/package.json`) as { readonly version: string }).version;
  } catch {
    return 'unknown';
  }
}
