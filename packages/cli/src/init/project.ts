import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { refused, unreachable } from '../cli-error.ts';
import { makeFolder } from '../output/make-folder.ts';
import { callsFile } from './calls-file.ts';
import type { Choices } from './choices.ts';
import { environmentFile, testEnvironment } from './environment.ts';
import { type Manifest, manifestFor, mergedPackageFile, newPackageFile } from './package-file.ts';
import { readme, type Step, stepsFor } from './steps.ts';

/** What is written into a folder. */
export interface Project {
  readonly files: readonly ProjectFile[];
  /** Files in the way. Nothing is written while there are any. */
  readonly conflicts: readonly string[];
  readonly steps: readonly Step[];
}

/** One file. */
export interface ProjectFile {
  /** From the folder. */
  readonly path: string;
  readonly text: string;
  /** `left`: there is one, which stays as it is. */
  readonly action: 'new' | 'added' | 'left';
}

const TEMPLATES = new URL('../../templates/', import.meta.url);

/**
 * Plans the files of a project, and looks at those that are there.
 *
 * @param version of call-status
 * @throws CliError when package.json cannot be read
 */
export function planProject(folder: string, choices: Choices, version: string): Project {
  const present = (path: string): string | undefined =>
    existsSync(join(folder, path)) ? trying(path, () => readFileSync(join(folder, path), 'utf8')) : undefined;
  const packageText = present('package.json');
  const extension = extensionFor(choices, packageText === undefined || parsed(packageText).type === 'module');
  const manifest = manifestFor(choices, version, extension);
  const own: Record<string, string> = {};
  const title = basename(resolve(folder));
  const packageFile: ProjectFile =
    packageText === undefined
      ? { path: 'package.json', text: newPackageFile(title, manifest), action: 'new' }
      : {
          path: 'package.json',
          text: mergedPackageFile(packageText, manifest, (name) => {
            own[name] = String(manifest.scripts[name]);
          }),
          action: 'added',
        };
  const steps = stepsFor(choices, own);
  const code = codeFiles(choices, extension);
  const left = (path: string, text: string): ProjectFile => ({
    path,
    text,
    action: present(path) === undefined ? 'new' : 'left',
  });
  return {
    files: [
      ...code,
      packageFile,
      added('.env.example', present('.env.example'), environmentFile(choices).split('\n\n'), '\n\n'),
      added('.gitignore', present('.gitignore'), ['node_modules', '.env', 'calls.db*'], '\n'),
      ...(choices.language === 'ts' ? [left('tsconfig.json', TSCONFIG)] : []),
      left('README.md', readme(title, choices, steps)),
    ],
    conflicts: code.map(({ path }) => path).filter((path) => present(path) !== undefined),
    steps,
  };
}

/** Writes the files. None that is there is replaced, even if it came in the meantime. */
export function writeProject(folder: string, { files }: Project): void {
  for (const { path, text, action } of files) {
    if (action === 'left') continue;
    const target = join(folder, path);
    trying(target, () => {
      makeFolder(dirname(target));
      writeFileSync(target, text, { flag: action === 'new' ? 'wx' : 'w' });
    });
  }
}

/** What is in the way may be a folder, a link to nowhere, or not be this user's. */
function trying<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    const fix = 'Correct that, or choose another folder.';
    throw unreachable(`${path} cannot be ${syscall === 'read' ? 'read' : 'written'} (${code}).`, fix, cause);
  }
}

function parsed(text: string): Pick<Manifest, 'type'> {
  const manifest = readable(text) as Record<string, unknown> | undefined;
  const { scripts = {}, dependencies = {}, devDependencies = {} } = Object(manifest) as Record<string, unknown>;
  if ([manifest, scripts, dependencies, devDependencies].every(isObject)) return manifest as Pick<Manifest, 'type'>;
  throw refused('package.json is not that of a package.', 'Repair it, or choose another folder.');
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('package.json is not JSON.', 'Repair it, or choose another folder.');
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In a package of CommonJS, modules need an extension of their own. */
function extensionFor({ language }: Choices, isModule: boolean): string {
  return isModule ? language : `m${language}`;
}

function codeFiles(choices: Choices, extension: string): readonly ProjectFile[] {
  const { framework } = choices;
  const file = (path: string, text: string): ProjectFile => ({
    path: `${path}.${extension}`,
    text: text.replace(/'(\.[^']+)\.ts'/g, `'$1.${extension}'`),
    action: 'new',
  });
  return [
    file('src/calls', callsFile(choices)),
    file('src/app', template(`${framework}/app.ts`)),
    file('src/server', template(`${framework}/server.ts`)),
    file(
      'test/calls.test',
      template('first-test.ts').replace('  ENVIRONMENT,\n', () => testEnvironment(choices)),
    ),
  ];
}

function template(path: string): string {
  return readFileSync(new URL(path, TEMPLATES), 'utf8');
}

/** A file whose parts are added to what is there, unless it has them. */
function added(path: string, present: string | undefined, parts: readonly string[], gap: string): ProjectFile {
  if (present === undefined) return { path, text: `${parts.join(gap).trimEnd()}\n`, action: 'new' };
  const lines = new Set(present.split('\n').map(nameIn));
  const lacking = parts.filter((part) => !lines.has(nameIn(part.trimEnd().split('\n').at(-1) ?? '')));
  if (lacking.length === 0) return { path, text: present, action: 'left' };
  return { path, text: `${present.trimEnd()}\n${lacking.join(gap).trimEnd()}\n`, action: 'added' };
}

/** The name of a variable, or the whole line. */
function nameIn(line: string): string {
  return line.replace(/=.*/, '').trim();
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true
  },
  "include": ["src", "test"]
}
`;
