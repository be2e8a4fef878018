import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Bundles the command line for all tests. Loading TypeScript in each of several hundred processes takes ten times as long as what they do.
 */
export default async function bundleCommandLine(): Promise<() => void> {
  const outdir = mkdtempSync(fileURLToPath(new URL('../node_modules/.command-line-', import.meta.url)));
  await build({
    entryPoints: [fileURLToPath(new URL('../src/main.ts', import.meta.url))],
    outdir,
    bundle: true,
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
  process.env['CALL_STATUS_TEST_CLI'] = join(outdir, 'main.mjs');
  return () => rmSync(outdir, { recursive: true, force: true });
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
