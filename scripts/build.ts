/** Builds the `dist` of every package that is published, from nothing, so that no file of an earlier build is packed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from '../packages/board/build-app.ts';
import { publicPackages, run } from './packages.ts';

const folders = publicPackages().map(({ folder }) => folder);
for (const folder of folders) rmSync(join(folder, 'dist'), { recursive: true, force: true });
run('tsc', ['-b', ...folders.map((folder) => join(folder, 'tsconfig.build.json'))]);
await buildApp();
