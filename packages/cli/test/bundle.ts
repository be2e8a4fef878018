import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleProgram } from '../../../test/bundle-program.ts';

/** Bundles the command line for all tests. */
export default async function bundleCommandLine(): Promise<() => void> {
  const folder = mkdtempSync(fileURLToPath(new URL('../node_modules/.command-line-', import.meta.url)));
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  process.env['CALL_STATUS_TEST_CLI'] = await bundleProgram(main, folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
