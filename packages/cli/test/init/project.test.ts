import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../src/init/package-file.ts';
import { planProject, writeProject } from '../../src/init/project.ts';
import { WHERE_SECRETS_ARE } from '../../src/init/where-secrets-are.ts';
import { temporaryFolder } from '../servers.ts';
import { combinations, PACKAGE } from './made-project.ts';

const ROOT = join(PACKAGE, '..', '..');
const [express] = combinations('exotel', 'signalwire');
if (express === undefined) throw new Error('There is no combination.');

function init(folder: string, choices = express): (path: string) => string {
  writeProject(folder, planProject(folder, choices as typeof express & object, '1.2.3'));
  return (path) => readFileSync(join(folder, path), 'utf8');
}

it.each(Object.keys(WHERE_SECRETS_ARE))('says of %s what its page says of its secret', (name) => {
  const [, setup = ''] = readFileSync(join(ROOT, `docs/providers/${name}.md`), 'utf8').split('## Set it up\n\n');
  expect(setup.startsWith(String(WHERE_SECRETS_ARE[name]))).toBe(true);
});

it('asks for the versions that this repository tests', () => {
  const manifests = ['package.json', 'test/package.json', 'examples/fastify/package.json', 'packages/cli/package.json'];
  const tested = Object.assign(
    {},
    ...manifests.flatMap((path) => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
      return [dependencies, devDependencies];
    }),
  ) as Record<string, string>;
  for (const [name, version] of Object.entries(VERSIONS))
    expect(`${name} ${version}`).toBe(`${name} ^${tested[name]?.replace('^', '')}`);
});

describe('a project that is there', () => {
  it('keeps its package.json, and gets what it lacks', () => {
    const folder = temporaryFolder();
    const own = {
      name: 'mine',
      type: 'module',
      scripts: { test: 'jest', lint: 'eslint .' },
      dependencies: { express: '^4.19.0', zod: '^3.0.0' },
      license: 'UNLICENSED',
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(own, null, '\t'));
    const read = init(folder);
    const text = read('package.json');
    expect(text).toMatch(/^\t"name": "mine",$/m);
    expect(JSON.parse(text)).toMatchObject({
      ...own,
      scripts: { ...own.scripts, start: 'node --env-file=.env --import tsx src/server.ts', typecheck: 'tsc' },
      dependencies: { ...own.dependencies, '@call-status/express': '^1.2.3', '@call-status/inbox-sqlite': '^1.2.3' },
      devDependencies: { 'call-status': '^1.2.3', '@call-status/testing': '^1.2.3' },
    });
    expect(JSON.parse(text).devDependencies).not.toHaveProperty('express');
    // Its test script is another one, so the step has the whole command.
    expect(planProject(folder, express, '1.2.3').steps.map(({ command }) => command)).toContain(
      'node --import tsx --test test/calls.test.ts',
    );
  });

  it('gets modules with an extension of their own if it is CommonJS', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{"name":"mine"}');
    const read = init(folder);
    expect(read('src/server.mts')).toContain("from './app.mts'");
    expect(JSON.parse(read('package.json'))).not.toHaveProperty('type');
  });

  it('keeps README and tsconfig, and gets lines in .gitignore and .env.example', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'README.md'), 'mine');
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
    writeFileSync(join(folder, '.gitignore'), 'node_modules\ndist');
    writeFileSync(join(folder, '.env.example'), 'EXOTEL_TOKEN=\nPORT=8080\n');
    const { files } = planProject(folder, express, '1.2.3');
    expect(files.flatMap(({ path, action }) => (action === 'new' ? [] : [[path, action]]))).toEqual([
      ['.env.example', 'added'],
      ['.gitignore', 'added'],
      ['tsconfig.json', 'left'],
      ['README.md', 'left'],
    ]);
    const read = init(folder);
    expect(read('README.md')).toBe('mine');
    expect(read('.gitignore')).toBe('node_modules\ndist\n.env\ncalls.db*\n');
    expect(read('.env.example').match(/^\w+=.*$/gm)).toEqual([
      'EXOTEL_TOKEN=',
      'PORT=8080',
      'SIGNALWIRE_SIGNING_KEY=',
      'INBOX=calls.db',
      'HOST=127.0.0.1',
    ]);
  });

  it('is kept if its package.json is not JSON', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{');
    expect(() => planProject(folder, express, '1.2.3')).toThrow('package.json is not JSON.');
  });

  it('is not replaced by a file that came in the meantime', () => {
    const folder = temporaryFolder();
    const plan = planProject(folder, express, '1.2.3');
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/calls.ts'), 'mine');
    expect(() => writeProject(folder, plan)).toThrow('EEXIST');
    expect(readFileSync(join(folder, 'src/calls.ts'), 'utf8')).toBe('mine');
  });
});

it('no file has a secret', () => {
  for (const choices of combinations()) {
    const { files } = planProject(temporaryFolder(), choices, '1.2.3');
    const example = files.find(({ path }) => path === '.env.example')?.text ?? '';
    expect(example.match(/^[A-Z_]+(?:KEY|TOKEN|SECRET|CREDENTIALS|APPLICATION|URL)=.+$/gm)).toBeNull();
  }
});

describe('what is in the way is an error that says so', () => {
  it.each(['null', '[]', '7', '{"scripts":null}', '{"dependencies":"x"}', '{"devDependencies":[]}'])(
    'package.json is %s',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'package.json'), text);
      expect(() => init(folder)).toThrow('package.json is not that of a package.');
    },
  );

  it('a folder in the place of a file', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'package.json'));
    expect(() => init(folder)).toThrow('package.json cannot be read (EISDIR).');
  });

  it('a file in the place of a folder', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'src'), '');
    expect(() => init(folder)).toThrow(/calls\.ts cannot be written \((?:EEXIST|ENOTDIR)\)\./);
  });
});
