/** Builds the page into `dist/assets`, from where the board serves it. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const APP = fileURLToPath(new URL('app', import.meta.url));
const ASSETS = fileURLToPath(new URL('dist/assets', import.meta.url));

export async function buildApp(): Promise<void> {
  await build({
    entryPoints: { app: `${APP}/main.tsx`, style: `${APP}/style.css` },
    outdir: ASSETS,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'linked',
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'icon.svg']) cpSync(`${APP}/${name}`, `${ASSETS}/${name}`);
}
