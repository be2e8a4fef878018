/** The ways in which applications compile, with the packages installed. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './packages.ts';

/** A way in which applications compile: with which TypeScript, and as what. */
export interface Mode {
  readonly typescript: string;
  readonly type: 'module' | 'commonjs';
  readonly module: string;
  readonly moduleResolution: string;
}

/** The oldest TypeScript that works, and every combination of modules that the README names. */
export const MODES: readonly Mode[] = [
  { typescript: '5.4', type: 'module', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '5.4', type: 'module', module: 'esnext', moduleResolution: 'bundler' },
  { typescript: '5.4', type: 'module', module: 'node16', moduleResolution: 'node16' },
  { typescript: '5.4', type: 'commonjs', module: 'commonjs', moduleResolution: 'node10' },
  { typescript: '5.8', type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '5.9', type: 'commonjs', module: 'commonjs', moduleResolution: 'node10' },
];

/** Type-checks what the types promise in one of these ways. */
export function checkMode(project: string, { typescript, type, module, moduleResolution }: Mode): void {
  console.log(`TypeScript ${typescript}, ${type}, ${module}, ${moduleResolution}`);
  const folder = join(project, `${typescript}-${type}-${moduleResolution}`);
  mkdirSync(folder);
  cpSync(join(project, 'types.ts'), join(folder, 'types.ts'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2023'], module, moduleResolution, types: ['node'] },
    ...{ strict: true, exactOptionalPropertyTypes: true, esModuleInterop: true, skipLibCheck: false, noEmit: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types.ts'] }));
  run('npx', ['-y', '-p', `typescript@${typescript}`, 'tsc', '-p', folder]);
}
