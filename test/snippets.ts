// The snippets of the documents, written to files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const root: string = path.resolve(import.meta.dirname, '..');

const FOLDERS = ['docs', 'packages', 'bench', 'examples', '.github'].filter((name) =>
  existsSync(path.join(root, name)),
);
const NOT_OURS = /(^|\/)(node_modules|dist|CHANGELOG\.md)(\/|$)/;

/** Every page of the manual, every README, and the other pages at the root. */
export const documents: readonly string[] = [
  ...readdirSync(root),
  ...FOLDERS.flatMap((folder) => pagesIn(folder).map((page) => `${folder}/${page}`)),
]
  .filter((page) => page.endsWith('.md') && !NOT_OURS.test(page))
  .sort();

/** The pages of a folder and the folders in it. Links of node_modules are not followed. */
function pagesIn(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory() || NOT_OURS.test(entry.name)) return [];
    return pagesIn(`${folder}/${entry.name}`).map((page) => `${entry.name}/${page}`);
  });
}

/** The text of a document. */
export function read(document: string): string {
  return readFileSync(path.join(root, document), 'utf8');
}

/** A snippet in a file of its own. */
export interface Snippet {
  readonly document: string;
  /** The heading above it, and its number on the page. */
  readonly title: string;
  readonly file: string;
  readonly code: string;
}

/** The blocks of a document in a language. */
export function blocks(document: string, language: string): readonly string[] {
  return fenced(document, language).map(({ code }) => code);
}

function fenced(document: string, languages: string): readonly { language: string; code: string; above: string }[] {
  const text = read(document);
  return [...text.matchAll(new RegExp(`^\`\`\`(${languages})\\n(.*?)^\`\`\``, 'gms'))].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
    above: text.slice(0, match.index),
  }));
}

/** Makes a folder for snippets, with the compiler options of one. */
export function snippetFolder(name: string): string {
  const folder = path.join(import.meta.dirname, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const compilerOptions = {
    noEmit: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    noPropertyAccessFromIndexSignature: false,
    noUnusedLocals: false,
  };
  const tsconfig = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*'] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return folder;
}

/** Writes the snippets of a document to files. One that begins with `// a-name.ts` gets that name, so that others can import it. */
export function writeSnippets(folder: string, document: string): readonly Snippet[] {
  return fenced(document, 'ts|js').map(({ language, code, above }, index) => {
    const [, name = `${document.replace(/\W+/g, '-')}-${index + 1}.${language}`] =
      /^\/\/ ([\w-]+\.ts)\n/.exec(code) ?? [];
    const file = path.join(folder, name);
    writeFileSync(file, `${movable(code)}\nexport {};\n`);
    const heading =
      above
        .replace(/^```.*?^```/gms, '')
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? '';
    return { document, title: `${document} ${heading} (${index + 1})`, file, code };
  });
}

/** A test chooses the port and the file; a reader wants to see neither variable. */
function movable(code: string): string {
  return code
    .replace(/(\.listen\(|port: )3000\b/g, '$1Number(process.env.PORT ?? 3000)')
    .replaceAll("'/data/calls.db'", "process.env.INBOX ?? '/data/calls.db'");
}

/** What the compiler says of the files in a folder; empty if nothing is wrong. */
export function typeErrors(folder: string): string {
  const require = createRequire(import.meta.url);
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}
