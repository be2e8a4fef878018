// What the rules of the repository look at, apart from what oxlint does: which file imports which, lines of code, and words.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript-5';

/** One file imports another, if only a type. Both are paths within the folder that was read. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** The relative imports of a file. */
export function importsOf(file: string, text: string): Import[] {
  return modulesOf(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => ({ from: file, to: path.posix.join(path.posix.dirname(file), name) }));
}

/** What a file imports, types included, as it is written there. */
export function modulesOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The number of the layer that a file is in: that of its longest prefix in the table, whose first layer is at the top. */
export function layerOf(file: string, layers: readonly (readonly string[])[]): number {
  const [longest] = layers
    .flatMap((prefixes, layer) => prefixes.map((prefix) => ({ prefix, layer })))
    .filter(({ prefix }) => file === prefix || (prefix.endsWith('/') && file.startsWith(prefix)))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  if (longest === undefined) throw new Error(`${file} is in no layer: add its folder to the table.`);
  return longest.layer;
}

/** The imports that go up. */
export function upward(imports: readonly Import[], layers: readonly (readonly string[])[]): string[] {
  return imports
    .filter(({ from, to }) => layerOf(to, layers) < layerOf(from, layers))
    .map(({ from, to }) => `${from} -> ${to}`);
}

/** How many lines hold code other than an import. */
export function codeLines(text: string): number {
  const source = ts.createSourceFile('adapter.ts', text, ts.ScriptTarget.ESNext, true);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    for (const child of children) visit(child);
    if (children.length > 0 || node.getWidth(source) === 0) return;
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line++) lines.add(line);
  };
  visit(source);
  return lines.size;
}

/** Words that are not American, or that a native speaker would not choose here. */
const FOREIGN = new RegExp(
  String.raw`\b(${[
    '(?:un)?(?:normali|recogni|seriali|organi|initiali|finali|optimi|utili|prioriti|summari|minimi|maximi)s(?:e|es|ed|ing|ation)',
    String.raw`(?:behavi|col|hon|fav|neighb)our\w*`,
    'licences?|defences?|catalogues?|grey|artefacts?|fulfil|whilst|amongst|spelt|learnt|labelled|modelling',
    'mend(?:s|ed|ing)?|heed(?:s|ed|ing)?|nobody|somebody|whoever|told as|comes? to an end',
    '(?<!there )(?:is|are) none|(?<!(?:each|all|both|some|none|one|first) )of which',
  ].join('|')})\b`,
  'gi',
);

/** The foreign words of a text, each with its line. */
export function foreignWords(text: string): string[] {
  return text.split('\n').flatMap((line, at) => [...line.matchAll(FOREIGN)].map(([word]) => `${at + 1}: ${word}`));
}

/** Reads a file of the repository. */
export function readFrom(folder: string, file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}
