import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtInProviders } from '@call-status/core';
import { expect, it } from 'vitest';
import { planProject, writeProject } from '../../src/init/project.ts';
import { combinations, install, nameOf, PACKAGE, workspace } from './made-project.ts';

const run = promisify(execFile);
const root = join(PACKAGE, '..', '..');

it('every framework with every inbox in both languages type-checks, with all providers and with one', async () => {
  const folder = workspace();
  const projects = [
    ...combinations().map((choices) => ({ choices, name: `all-${nameOf(choices)}` })),
    ...combinations('twilio').map((choices) => ({ choices, name: `one-${nameOf(choices)}` })),
  ];
  for (const { choices, name } of projects) {
    writeProject(join(folder, name), planProject(join(folder, name), choices, '1.2.3'));
    install(join(folder, name));
  }
  // The sources of the packages need the settings of this repository, which are stricter than those of the projects.
  const compilerOptions = { noEmit: true, allowJs: true, checkJs: true };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*/src', '*/test'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--listFilesOnly']);
  expect(stdout.split('\n').filter((file) => file.includes('/src/calls.'))).toHaveLength(36);
  await expect(run(join(root, 'node_modules/.bin/tsc'), ['-p', folder])).resolves.toMatchObject({ stdout: '' });
});

// Each framework and inbox once with each language.
const spread = combinations().filter((_, at) => at % 5 === 0 || at === 7 || at === 11);

it.each(spread)('the first test of $framework with $inbox in $language passes', async (choices) => {
  const project = join(workspace(), 'calls');
  writeProject(project, planProject(project, choices, '1.2.3'));
  install(project);
  // The packages of this repository are TypeScript.
  const args = ['--import', 'tsx', '--test', `test/calls.test.${choices.language}`];
  const { stdout } = await run(process.execPath, args, { cwd: project, env: { PATH: process.env['PATH'] } });
  expect(stdout).toContain(`# pass ${builtInProviders.length}\n# fail 0`);
});
