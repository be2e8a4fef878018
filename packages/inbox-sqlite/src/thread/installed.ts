import { existsSync, readFileSync } from 'node:fs';
import { CallStatusError } from '@call-status/core';

const NAME = '@call-status/inbox-sqlite';

const BUNDLED = [
  `This package was bundled, and its thread and its SQLite are files of their own. Leave ${NAME} out of the bundle, and install it where the bundle runs:`,
  `Next.js: serverExternalPackages: ['${NAME}'];`,
  `esbuild: --external:${NAME};`,
  `webpack: externals: { '${NAME}': 'commonjs ${NAME}' }, or 'module ${NAME}' in an ES module;`,
  `Rollup and Rolldown: external: ['${NAME}'];`,
  `Vite: ssr: { external: ['${NAME}'] };`,
  `ncc: --external ${NAME}.`,
].join(' ');

/**
 * Where the thread's code is.
 *
 * @param self where this code is; bundles of CommonJS do not know
 * @throws CallStatusError `inbox_unsupported` when this code was bundled: it is not in its package, or the thread is not beside it
 */
export function threadFile(self: string | undefined): URL {
  // By a name that no bundler follows: some copy a file that is named here, and leave what it imports behind.
  const beside = (name: string) => (URL.canParse(name, self) ? new URL(name, self) : undefined);
  const thread = beside('./thread/thread.js');
  if (thread === undefined || !existsSync(thread) || !isOurs(beside('../package.json'))) {
    throw new CallStatusError('inbox_unsupported', { hint: BUNDLED });
  }
  return thread;
}

function isOurs(manifest: URL | undefined): boolean {
  try {
    return manifest !== undefined && JSON.parse(readFileSync(manifest, 'utf8')).name === NAME;
  } catch {
    return false;
  }
}
