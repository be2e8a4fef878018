import { join } from 'node:path';
import { builtInProviders } from '@call-status/core';
import ts from 'typescript-5';
import { expect, it } from 'vitest';
import { publicPackages } from '../scripts/packages.ts';
import { programOf } from './program.ts';

const PROVIDERS = new Set<string>(builtInProviders.map(({ definition }) => definition.name));

/**
 * So that the API grows on purpose only: a new name shows up here, in the diff of `exports.txt`. What every provider adds, its own name, is
 * left out.
 */
it('exports these names and no others', async () => {
  const entries = publicPackages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, file]) => file.endsWith('.ts'))
      .map(([path, file]) => ({ name: join(manifest.name, path), file: join(folder, file) })),
  );
  const { checker, exportsOf } = programOf(entries.map(({ file }) => file));
  const lines = entries.flatMap(({ name, file }) => {
    const names = exportsOf(file).filter((symbol) => !PROVIDERS.has(symbol.name));
    const shown = names.map((symbol) => (isValue(checker, symbol) ? symbol.name : `type ${symbol.name}`)).sort();
    return [`${name} (${shown.length})`, ...shown.map((one) => `  ${one}`)];
  });
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('exports.txt');
});

function isValue(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (flags & ts.SymbolFlags.Value) !== 0;
}
