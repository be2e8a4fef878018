/** The ways in which applications compile, with the packages installed. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRefusal, run } from './packages.ts';

/** A way in which applications compile: with which TypeScript, and as what. */
export interface Mode {
  readonly typescript: string;
  readonly type: 'module' | 'commonjs';
  readonly module: string;
  readonly moduleResolution: string;
  /** What the compiler says of a way that does not work. */
  readonly refusedWith?: string;
}

/** The oldest TypeScript that works, every combination of modules that docs/deployment.md names, and what the compiler says of others. */
export const MODES: readonly Mode[] = [
  { typescript: '5.4', type: 'module', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '5.4', type: 'module', module: 'esnext', moduleResolution: 'bundler' },
  { typescript: '5.4', type: 'module', module: 'node16', moduleResolution: 'node16' },
  { typescript: '5.4', type: 'commonjs', module: 'commonjs', moduleResolution: 'node10' },
  { typescript: '5.8', type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '5.9', type: 'commonjs', module: 'commonjs', moduleResolution: 'node10' },
  { typescript: '6.0', type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '6.0', type: 'module', module: 'preserve', moduleResolution: 'bundler' },
  { typescript: '7.0', type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: '7.0', type: 'module', module: 'esnext', moduleResolution: 'bundler' },
  {
    typescript: '5.4',
    type: 'commonjs',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    refusedWith: "is an ECMAScript module and cannot be imported with 'require'",
  },
  {
    typescript: '5.9',
    type: 'commonjs',
    module: 'node16',
    moduleResolution: 'node16',
    refusedWith: "is an ECMAScript module and cannot be imported with 'require'",
  },
  {
    typescript: '5.9',
    type: 'module',
    module: 'esnext',
    moduleResolution: 'classic',
    refusedWith: "Did you mean to set the 'moduleResolution' option to 'nodenext'",
  },
];

/** Type-checks what the types promise in one of these ways. */
export function checkMode(project: string, mode: Mode): void {
  const { typescript, type, module, moduleResolution, refusedWith } = mode;
  const name = `TypeScript ${typescript}, ${type}, ${module}, ${moduleResolution}`;
  console.log(refusedWith === undefined ? name : `${name}: refused`);
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
    // The types of pg-protocol need TypeScript 5.7.
    skipLibCheck: typescript < '5.7' && existsSync(join(project, 'node_modules', 'pg-protocol')),
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types.ts'] }));
  const compiler = [join(compilerIn(join(project, '..'), typescript), 'bin', 'tsc'), '-p', folder];
  if (refusedWith === undefined) run('node', compiler);
  else checkRefusal('node', compiler, refusedWith);
}

/** A compiler of a version, installed once: npx would take the repository's own. */
function compilerIn(folder: string, version: string): string {
  const prefix = join(folder, `typescript-${version}`);
  const compiler = join(prefix, 'node_modules', 'typescript');
  if (!existsSync(compiler))
    run('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, `typescript@${version}`]);
  return compiler;
}
