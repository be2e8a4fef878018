// What the documents say in tables is what the code does.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { builtInProviders, ERRORS, exotel, mycpaas, signalwire, voicedock } from '@call-status/core';
import { expect, it } from 'vitest';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

/** The cells of the table rows that begin with a name in backticks. */
function rows(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    lines
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name = '', ...cells]) => [name.slice(1, -1), cells]),
  );
}

it.each(builtInProviders)('README names every status word of $name', ({ definition: { name, statuses } }) => {
  const words = rows(read('README.md')).get(name)?.[2];
  const named = new Set([...(words ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word));
  expect(named).toEqual(new Set(Object.keys(statuses)));
});

it('the table of errors is the table of errors', () => {
  const table = rows(read('packages/core/README.md').split('## Errors')[1] ?? '');
  expect(new Set(table.keys())).toEqual(new Set(Object.keys(ERRORS)));
  for (const [code, row] of Object.entries(ERRORS)) {
    expect(table.get(code)?.slice(0, 2)).toEqual(['status' in row ? String(row.status) : '', row.message]);
  }
});

it('the calls of callbackUrl() make what the README shows', () => {
  const calls = [...read('README.md').matchAll(/^(\w+\.callbackUrl\S*\(.*?\));.*\n\/\/ (\{.*\})$/gm)];
  expect(calls).toHaveLength(5);
  for (const [, call = '', result = ''] of calls) {
    expect(run(call), call).toEqual(run(result));
  }
});

/** The value of an expression in the README. */
function run(expression: string): unknown {
  return runInNewContext(`(${expression})`, { exotel, mycpaas, signalwire, voicedock });
}
