// The examples in the comments of the packages: blocks compile, and one-line ones give what they say.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import * as core from '@call-status/core';
import * as adapter from '@call-status/core/adapter';
import * as inbox from '@call-status/core/inbox';
import * as provider from '@call-status/core/provider';
import { expect, it } from 'vitest';
import { publicPackages, ROOT } from '../scripts/packages.ts';
import { start } from './programs.ts';
import { snippetFolder, typeErrors } from './snippets.ts';

/** What a comment says behind `@example`, up to its next tag, and where. */
interface Example {
  readonly where: string;
  readonly text: string;
}

const examples: readonly Example[] = publicPackages().flatMap(({ folder }) =>
  readdirSync(path.join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))
    .flatMap((file) => examplesIn(path.join(folder, 'src', file))),
);

function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap(({ 0: comment, index }) => {
    const plain = comment.slice(3, -2).replace(/^\s*\* ?/gm, '');
    const where = `${path.relative(ROOT, file)}:${text.slice(0, index).split('\n').length}`;
    return [...plain.matchAll(/^@example\b(.*?)(?=^@\w|(?![\s\S]))/gms)].map(([, found = '']) => ({
      where,
      text: found.trim(),
    }));
  });
}

const fence = /^```ts\n(.*?)^```$/gms;

it('every block compiles by itself, and the assertions of those that have some hold', async () => {
  const folder = snippetFolder('example-snippets');
  const blocks = examples.flatMap(({ where, text }) => [...text.matchAll(fence)].map(([, code]) => ({ where, code })));
  expect(blocks.length).toBeGreaterThan(10);
  for (const [index, { where, code }] of blocks.entries()) {
    writeFileSync(path.join(folder, `${where.replace(/\W+/g, '-')}-${index}.ts`), `${code}\nexport {};\n`);
  }
  expect(typeErrors(folder)).toBe('');
  const asserting = readdirSync(folder).filter((file) =>
    readFileSync(path.join(folder, file), 'utf8').includes('assert.'),
  );
  const runner = path.join(folder, 'run.ts');
  writeFileSync(
    runner,
    `${asserting.map((file) => `await import('./${file}');`).join('\n')}\nprocess.exit();\nexport {};\n`,
  );
  const { ended, output } = start(runner, {});
  expect(await ended, output()).toBe(0);
});

const lines = examples.filter(({ text }) => !text.includes('```'));

it.each(lines)('$where: $text', ({ text }) => {
  const [, expression = '', result = ''] = /^(.*?);? \/\/ (.*)$/.exec(text) ?? [];
  // Types of a call, which only the compiler knows.
  const call = expression.replace(/^(\w+)<[\w<>, ]+>\(/, '$1(');
  expect(evaluate(call)).toEqual(evaluate(result));
});

/** In this realm, so that equal objects are equal. */
function evaluate(expression: string): unknown {
  const value = runInNewContext(`(${expression})`, { ...core, ...adapter, ...inbox, ...provider });
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
