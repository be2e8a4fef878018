import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Bundles a program of the repository for tests that start it often: loading TypeScript in each process takes several times as long as what
 * it does.
 *
 * @param outdir in a folder of its package, where the SQLite of the inbox is found
 * @returns the file to run
 */
export async function bundleProgram(file: string, outdir: string): Promise<string> {
  await build({
    entryPoints: { program: file },
    outdir,
    bundle: true,
    // As sources run: with all that is imported.
    ignoreAnnotations: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    external: ['@photostructure/sqlite', 'pg-native'],
    // For packages in CommonJS.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
    },
    plugins: [OWN_URLS],
    sourcemap: 'linked',
    logLevel: 'error',
  });
  return join(outdir, 'program.mjs');
}

/** Sources find their files beside themselves, wherever they are bundled. */
const OWN_URLS: Plugin = {
  name: 'own urls',
  setup(bundle) {
    bundle.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};
