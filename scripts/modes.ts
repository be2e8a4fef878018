/** The ways in which applications compile, with the packages installed. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './packages.ts';

/** A way in which applications compile: with which TypeScript, and as what. */
export interface Mode {
  readonly typescript: string;
  readonly type: 'module' | 'commonjs';
  readonly module: string;
  readonly moduleResolution: string;
}

/** The oldest TypeScript that works, and every combination of modules that docs/deployment.md names. */
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
    target: 'es2022',
    lib: ['es2023'],
    module,
    moduleResolution,
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    esModuleInterop: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types.ts'] }));
  run('node', [join(compilerIn(join(project, '..'), typescript), 'bin', 'tsc'), '-p', folder]);
}

/** A compiler of a version, installed once: npx would take the repository's own. */
function compilerIn(folder: string, version: string): string {
  const prefix = join(folder, `typescript-${version}`);
  const compiler = join(prefix, 'node_modules', 'typescript');
  if (!existsSync(compiler))
    run('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, `typescript@${version}`]);
  return compiler;
}
