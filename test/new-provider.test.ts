// A new provider is one file, its fixtures and one line of the list: all else is derived, and the tables of the manual are generated.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../scripts/packages.ts';

const FILE = 'packages/core/src/providers/newcomer.ts';
const LIST = 'packages/core/src/providers/index.ts';
const FIXTURES = 'packages/testing/fixtures/newcomer';
/** Written by the tests with `-u`. */
const GENERATED = ['docs/choosing-a-provider.md', 'docs/providers/README.md', 'docs/providers/newcomer.md'];

const DEFINITION = `import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { phone } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';

/** The types of \`newcomer\`. */
export declare namespace newcomer {
  /** The fields of its callbacks. */
  interface Fields {
    readonly ref: string;
    readonly phase: string;
    readonly caller?: string;
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    newcomer: newcomer.Fields;
  }
}

/**
 * Newcomer. Cannot sign: set a \`token\`.
 * @example
 * \`\`\`ts
 * import { newcomer } from '@call-status/core';
 *
 * newcomer({ token: 'a long secret' });
 * \`\`\`
 */
export const newcomer: ProviderFactory<
  'newcomer',
  newcomer.Fields,
  Readonly<Record<never, never>>,
  (options: CallbackTarget) => { readonly hook: string }
> = defineBuiltIn({
  name: 'newcomer',
  signs: 'nothing',
  statuses: { over: 'completed' },
  schema: callSchema<newcomer.Fields>('ref', 'phase'),
  recognizes: ({ record }) => 'ref' in record && 'phase' in record,
  isCallStatus: (fields) => 'phase' in fields || 'It has no phase.',
  normalize: (fields) => ({ callId: fields.ref, rawStatus: fields.phase, from: phone(fields.caller) }),
  eventKey: (_, form) => contentKey(form),
  callbackParams(options) {
    checkOptions('newcomer.callbackParams()', options, CALLBACK_RULES);
    return { hook: options.url };
  },
});

const CALLBACK_RULES: OptionRules<CallbackTarget & TokenOption> = { url: TEXT, token: TEXT };
`;

const request = (expected: string, body: string): string =>
  `# evidence: documented - its page\n# recognized: ${body.includes('phase') ? 'yes' : 'no'}\n# expect: ${expected}\nPOST /webhooks/newcomer HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n${body}`;

it('is one file, its fixtures and one line', () => {
  const copy = scratchCopy();
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  };
  write(FILE, DEFINITION);
  write(LIST, `${readFileSync(path.join(copy, LIST), 'utf8')}export * from './newcomer.ts';\n`);
  const over = JSON.stringify({ callId: 'n1', status: 'completed', rawStatus: 'over', from: '+15551230001' });
  write(`${FIXTURES}/over.http`, request(`event ${over}`, 'ref=n1&phase=over&caller=%2B15551230001'));
  write(`${FIXTURES}/other.http`, request('passed-on', 'ref=n1'));
  write(`${FIXTURES}/no-ref.http`, request('refused invalid_callback', 'ref=&phase=over'));

  run(copy, 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json');
  // The tables of the manual, and the page of the provider, are written first.
  run(
    copy,
    'vitest/vitest.mjs',
    'run',
    '--typecheck.enabled=false',
    'test/documents.test.ts',
    '-u',
    '-t',
    'written from the code',
  );
  run(copy, 'vitest/vitest.mjs', 'run', '--typecheck.enabled=false', ...TESTS);
  run(copy, 'vitest/vitest.mjs', 'run', '--typecheck.enabled=false', 'packages/koa/test/koa.test.ts', '-t', 'newcomer');

  const byHand = changed(copy).filter((file) => !GENERATED.includes(file));
  expect(byHand).toEqual([FILE, LIST, ...fixtures(copy)].sort());
}, 600_000);

/** Those that look at every provider. */
const TESTS = [
  'packages/core/src/options',
  'packages/core/src/provider/callback-params.test.ts',
  'packages/core/src/provider/check-definition.test.ts',
  'packages/core/src/providers/fixtures.test.ts',
  'packages/core/src/providers/index.test.ts',
  'packages/core/src/providers/rules.test.ts',
  'packages/testing/src/callback',
  'packages/testing/src/provider-contract',
  'packages/testing/src/scenario',
  'test/documents.test.ts',
  'test/exports.test.ts',
  'test/types.test.ts',
];

function fixtures(copy: string): string[] {
  return git(copy, 'ls-files', '--others', '--', FIXTURES);
}

/** The repository as it stands, with its packages installed. */
function scratchCopy(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'new-provider-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const file of git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard')) {
    cpSync(path.join(ROOT, file), path.join(copy, file));
  }
  for (const folder of git(ROOT, 'ls-files', '*package.json').map((file) => path.dirname(file))) {
    link(copy, path.join(folder, 'node_modules'));
  }
  git(copy, 'init', '--quiet');
  git(copy, 'add', '.');
  return copy;
}

/** Links between packages stay within the copy. */
function link(copy: string, folder: string): void {
  const from = path.join(ROOT, folder);
  try {
    if (folder === 'node_modules') symlinkSync(from, path.join(copy, folder));
    else cpSync(from, path.join(copy, folder), { recursive: true, verbatimSymlinks: true });
  } catch (error) {
    // Some packages depend on nothing.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function changed(copy: string): string[] {
  const edited = git(copy, 'diff', '--name-only');
  return [...edited, ...git(copy, 'ls-files', '--others', '--exclude-standard')].sort();
}

function git(cwd: string, ...args: readonly string[]): string[] {
  const lines = execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1e8 }).split('\n');
  return lines.filter((line) => line !== '');
}

function run(cwd: string, script: string, ...args: readonly string[]): void {
  const options = { cwd, encoding: 'utf8', stdio: 'pipe' } as const;
  try {
    execFileSync(process.execPath, [path.join('node_modules', script), ...args], options);
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${script} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}
