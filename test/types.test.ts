// Every type that stands in a public signature has a public name: users can write it down, and emit declarations of their own.
import path from 'node:path';
import ts from 'typescript-5';
import { expect, it } from 'vitest';
import { publicPackages, ROOT } from '../scripts/packages.ts';
import { programOf } from './program.ts';

const entries = publicPackages().flatMap(({ folder, manifest }) =>
  Object.values(manifest.exports)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file)),
);

const { checker, exportsOf } = programOf(entries);

/** What a name stands for, wherever it was imported from. */
function meant(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Whether a declaration is one of these packages. */
function isOurs(declaration: ts.Declaration): boolean {
  const { fileName } = declaration.getSourceFile();
  return fileName.startsWith(path.join(ROOT, 'packages')) && !fileName.includes('node_modules');
}

// The types of a provider are in its namespace: `signalwire.Fields`.
const exported = new Set(
  entries.flatMap((entry) => exportsOf(entry).map(meant)).flatMap((name) => [name, ...(name.exports?.values() ?? [])]),
);

/** Calls back with each symbol that the public part of a declaration names. */
function eachNamed(node: ts.Node, found: (symbol: ts.Symbol) => void): void {
  if (ts.isBlock(node) || isPrivate(node)) return;
  const names = ts.isTypeReferenceNode(node)
    ? [node.typeName]
    : ts.isTypeQueryNode(node)
      ? [node.exprName]
      : ts.isExpressionWithTypeArguments(node)
        ? [node.expression]
        : [];
  for (const name of names) {
    const symbol = checker.getSymbolAtLocation(name);
    // The names of a module are those that it exports.
    if (symbol !== undefined && !(meant(symbol).flags & ts.SymbolFlags.ValueModule)) found(meant(symbol));
  }
  // Of what is set at once, only the type that is written down is public.
  const initializer = (node as { readonly initializer?: ts.Node }).initializer;
  ts.forEachChild(node, (child) => {
    if (child !== initializer || (node as { readonly type?: ts.Node }).type === undefined) eachNamed(child, found);
  });
}

function isPrivate(node: ts.Node): boolean {
  const { name } = node as { readonly name?: ts.Node };
  return name !== undefined && ts.isPrivateIdentifier(name);
}

it('has a comment for every public name, and an example for every function', () => {
  const bare = [...exported].flatMap((symbol) => {
    // Of a namespace that is a function.
    if (symbol.name === 'prototype') return [];
    const { fileName } = symbol.declarations?.[0]?.getSourceFile() ?? { fileName: '' };
    const where = `${path.relative(ROOT, fileName)}: ${symbol.name}`;
    const isFunction = checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;
    if (symbol.getDocumentationComment(checker).length === 0) return [`${where} has no comment`];
    const hasExample = symbol.getJsDocTags(checker).some(({ name }) => name === 'example');
    return isFunction && !hasExample ? [`${where} has no example`] : [];
  });
  expect(bare).toEqual([]);
});

it('has a public name for every type in a public signature', () => {
  const hidden = new Set<string>();
  const seen = new Set<ts.Symbol>();
  const parts = new Set<ts.Symbol>();
  const visit = (symbol: ts.Symbol): void => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    const declarations = symbol.declarations ?? [];
    for (const declaration of declarations.filter(isOurs)) {
      if (ts.isTypeParameterDeclaration(declaration)) continue;
      const where = path.relative(ROOT, declaration.getSourceFile().fileName);
      // What others declare too, such as the request of a framework, is theirs.
      if (!exported.has(symbol) && !parts.has(symbol) && declarations.every(isOurs))
        hidden.add(`${where}: ${symbol.name}`);
      eachNamed(declaration, (named) => {
        // A constant that is made of others: `typeof` of it is the name of their types.
        if (ts.isVariableDeclaration(declaration) && named.flags & ts.SymbolFlags.Variable) parts.add(named);
        visit(named);
      });
    }
  };
  for (const symbol of exported) visit(symbol);
  expect(seen.size).toBeGreaterThan(100);
  expect([...hidden]).toEqual([]);
});

/** Names of numbers that do not say what they count. */
const NEEDS_UNIT =
  /(?:age|deadline|delay|duration|interval|jitter|lease|length|retention|size|span|timeout|tolerance|ttl)$/i;

it('names the unit of every number, and has every time in ISO 8601', () => {
  const wrong = new Set<string>();
  let properties = 0;
  for (const { name, declarations = [] } of exported) {
    for (const declaration of declarations.filter(isOurs).filter(ts.isInterfaceDeclaration)) {
      for (const property of declaration.members.filter(ts.isPropertySignature)) {
        properties++;
        const own = property.name.getText();
        const type = property.type?.getText() ?? '';
        if (/^number(?: \| (?:null|undefined))?$/.test(type) && (/[a-z]At$/.test(own) || NEEDS_UNIT.test(own)))
          wrong.add(`${name}.${own}: ${type}`);
      }
    }
  }
  expect(properties).toBeGreaterThan(100);
  expect([...wrong]).toEqual([]);
});
