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

// After a change of the table: npx vitest run test/documents.test.ts -u
it('docs/errors.md is written from the table of errors', async () => {
  const lines = Object.entries(ERRORS).map(([code, row]) => {
    const status = 'status' in row ? row.status : '';
    return `| \`${code}\` | ${status} | ${row.severity} | ${row.message} | ${row.fix} |`;
  });
  await expect(`${ABOUT_ERRORS}\n${lines.join('\n')}\n`).toMatchFileSnapshot('../docs/errors.md');
});

it('the calls of callbackUrl() make what the README shows', () => {
  const calls = [...read('README.md').matchAll(/^(\w+\.callbackUrl\S*\(.*?\));.*\n\/\/ (\{.*\})$/gm)];
  expect(calls).toHaveLength(5);
  for (const [, call = '', result = ''] of calls) {
    expect(run(call), call).toEqual(run(result));
  }
});

const ABOUT_ERRORS = `# Errors

There is one class, \`CallStatusError\`. Tell errors apart by \`code\`, which is stable; \`instanceof\` fails across two copies of a package.

| property | |
|---|---|
| \`code\` | one of the table below |
| \`message\` | what happened, to what, and what to do; for people, and may change |
| \`status\` | the HTTP status with which it answered a callback; absent if it answers none |
| \`severity\` | \`error\` or \`warning\`, the level at which it is logged |
| \`details\` | \`provider\`, \`url\`, \`path\` (of the inbox), \`eventId\`, \`handler\`, \`attempt\`, \`issues\`, \`reason\`, \`hint\`, where they are known |
| \`cause\` | what was thrown, where something was |

**What deserves an alert.** \`error\`: something of yours failed, a handler, an inbox or a function; alert on each. \`warning\`: any client can cause it by a request, or it resolves by itself; alert at most on an unusual rate. After a change of secrets, URLs or proxies, watch for \`signature_mismatch\` and \`token_mismatch\`: they may be genuine callbacks.

**How much is logged.** Of each code and provider ten lines a minute. The others are counted, and one line at the end of the minute, or in \`close()\`, says how many there were (\`more\`). \`onError\` is called for each, so bound what you do there.

**What is never logged.** Secrets, phone numbers and bodies. Control characters, line separators and invisible characters are escaped. Of a URL you see the host, the plain words of the path and the names of its parameters: \`https://hooks.example.com/webhooks/…?token=…\`. Put a secret into the \`token\` parameter and not into the path: one that looks like a word would be shown. The \`cause\` of an \`error\` is what your code threw, and is logged as it is.

| code | answer | severity | what happened | what to do |
|---|---|---|---|---|`;

/** The value of an expression in the README. */
function run(expression: string): unknown {
  return runInNewContext(`(${expression})`, { exotel, mycpaas, signalwire, voicedock });
}
