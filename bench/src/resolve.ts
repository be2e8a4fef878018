import type { ResolveHook } from 'node:module';

const SOURCE = /\/packages\/([^/]+)\/src\/(.+)\.ts$/;

/** Sends an import of a package's source to what was built of it: what `publishConfig` does when the package is packed. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const found = await nextResolve(specifier, context);
  return { ...found, url: found.url.replace(SOURCE, '/packages/$1/dist/$2.js') };
};
