/** Builds the page into `dist/assets`, from where the board serves it. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const PACKAGE = fileURLToPath(new URL('.', import.meta.url));
const APP = `${PACKAGE}app`;

/** Where the page is built. */
export const ASSETS: string = `${PACKAGE}dist/assets`;

export async function buildApp(): Promise<void> {
  rmSync(ASSETS, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: { app: `${APP}/main.tsx`, style: `${APP}/style.css` },
    outdir: ASSETS,
    bundle: true,
    minify: true,
    format: 'esm',
    // The code of pages is loaded when one is shown.
    splitting: true,
    chunkNames: '[name]-[hash]',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // All licenses are in a file of their own.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'icon.svg']) cpSync(`${APP}/${name}`, `${ASSETS}/${name}`);
  writeFileSync(`${ASSETS}/third-party.txt`, licensesOf(metafile));
}

/** The licenses of all packages whose code is in the page. */
function licensesOf({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).map((file) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .map(
      (folder) => `${folder.replace(/.*node_modules\//, '')}\n\n${readFileSync(`${PACKAGE}${folder}/LICENSE`, 'utf8')}`,
    )
    .toSorted()
    .join('\n\n');
}
