import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the thread of the inbox for all tests, and for the processes that they start: see `src/thread/thread.js`. */
export default async function bundleThread(): Promise<() => void> {
  // In a folder of the package, where its SQLite is found.
  const folder = mkdtempSync(fileURLToPath(new URL('../node_modules/.thread-', import.meta.url)));
  const outfile = join(folder, 'thread.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../src/thread/thread.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'bundle',
    external: ['@photostructure/sqlite'],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  process.env['CALL_STATUS_TEST_THREAD'] = outfile;
  return () => rmSync(folder, { recursive: true, force: true });
}
