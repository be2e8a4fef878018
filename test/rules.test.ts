// The rules of the repository that a machine can check. Each check is shown to find a planted fault.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../scripts/packages.ts';
import { codeLines, foreignWords, type Import, importsOf, modulesOf, readFrom, upward } from './rules.ts';

/** The layers of the core, from the top. A file imports from its own layer and from those below. */
const CORE_LAYERS = [
  ['index.ts'],
  ['adapter/'],
  ['create-call-status.ts'],
  ['receiver/'],
  ['options/'],
  ['request/', 'handlers/', 'reconcile/'],
  ['diagnose/'],
  ['telemetry/'],
  ['providers/', 'inbox/'],
  ['provider/', 'signing/', 'decode/', 'callback-request.ts', 'rules/'],
  [
    'event.ts',
    'event-parts.ts',
    'handlers.ts',
    'notice.ts',
    'retry.ts',
    'call.ts',
    'errors.ts',
    'error-codes.ts',
    'inbox-error-codes.ts',
    'log/',
  ],
  ['timer.ts', 'require-node.ts', 'text/'],
];

/** The layers of the packages. */
const PACKAGE_LAYERS = [
  ['cli/'],
  ['testing/'],
  ['express/', 'koa/', 'fastify/', 'inbox-sqlite/', 'inbox-postgres/', 'board/', 'opentelemetry/'],
  ['core/'],
];

/** Lines of code of an adapter, which translates and decides nothing. */
const ADAPTERS = [
  ['express', 45],
  ['koa', 45],
  ['fastify', 52],
] as const;

const packages = readdirSync(path.join(ROOT, 'packages')).filter((id) =>
  existsSync(path.join(ROOT, 'packages', id, 'package.json')),
);

/** The sources of a package, without its tests. */
function sourcesOf(id: string): string[] {
  return readdirSync(path.join(ROOT, 'packages', id, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file));
}

describe('imports go down', () => {
  it('inside of the core', () => {
    const folder = path.join(ROOT, 'packages/core/src');
    const imports = sourcesOf('core').flatMap((file) => importsOf(file, readFrom(folder, file)));
    expect(imports.length).toBeGreaterThan(200);
    expect(upward(imports, CORE_LAYERS)).toEqual([]);
  });

  it('from package to package, and never across', () => {
    const imports = packages.flatMap((id) =>
      sourcesOf(id).flatMap((file): Import[] =>
        modulesOf(readFrom(path.join(ROOT, 'packages', id, 'src'), file))
          .filter((name) => name.startsWith('@call-status/'))
          .map((name) => ({ from: `${id}/${file}`, to: `${name.split('/')[1]}/` })),
      ),
    );
    expect(imports.length).toBeGreaterThan(20);
    expect(upward(imports, PACKAGE_LAYERS)).toEqual([]);
    // Only the command line is made of all the others.
    const across = imports.filter(({ from, to }) => to !== 'core/' && !from.startsWith(to) && !from.startsWith('cli/'));
    expect(across).toEqual([]);
  });

  it('and a type that is imported from above is found', () => {
    const imports = importsOf('signing/hmac.ts', "import type { Receiver } from '../receiver/types.ts';");
    expect(upward(imports, CORE_LAYERS)).toEqual(['signing/hmac.ts -> receiver/types.ts']);
    expect(() => upward([{ from: 'event.ts', to: 'new/folder.ts' }], CORE_LAYERS)).toThrow('is in no layer');
  });
});

describe('adapters are short', () => {
  it.each(ADAPTERS)('%s has at most %i lines of code', (id, most) => {
    const folder = path.join(ROOT, 'packages', id, 'src');
    expect(codeLines(readFrom(folder, 'index.ts'))).toBeLessThanOrEqual(most);
    for (const file of sourcesOf(id)) expect(codeLines(readFrom(folder, file)), file).toBeLessThanOrEqual(60);
  });

  it('and lines are counted without blank ones, comments and imports', () => {
    const text =
      "import {\n  a,\n} from 'a';\n\n/**\n * Why.\n */\nexport const b = `\na`; // why\n/* why */\nf(\n  b,\n);\n";
    expect(codeLines(text)).toBe(5);
  });
});

describe('words', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.js', '*.md', '*.yml', '*.json'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && !file.startsWith('test/rules.') && !/fixtures\/|pnpm-lock/.test(file));

  it('are American, and those that a native would choose', () => {
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((file) => foreignWords(readFrom(ROOT, file)).map((word) => `${file}:${word}`));
    expect(found).toEqual([]);
  });

  it('and others are found', () => {
    expect(
      foreignWords(
        'normalize\nnormalised, its Behaviour\nas nobody heeds\nthere is none, each of which\nthat is none, of which',
      ),
    ).toEqual(['2: normalised', '2: Behaviour', '3: nobody', '3: heeds', '5: is none', '5: of which']);
  });
});

it('oxlint finds a circle of types and a file of more than 250 lines', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'a.ts'), "import type { B } from './b.ts';\nexport type A = B | 1;\n");
  writeFileSync(path.join(folder, 'b.ts'), "import type { A } from './a.ts';\nexport type B = A | 2;\n");
  writeFileSync(path.join(folder, 'long.ts'), 'export {};\n'.repeat(251));
  const oxlint = path.join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const args = [oxlint, '-c', path.join(ROOT, '.oxlintrc.json'), '--format', 'unix', folder];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout.match(/(a|b)\.ts:.*no-cycle/g)).toHaveLength(2);
  expect(stdout).toMatch(/long\.ts:.*max-lines/);
});
