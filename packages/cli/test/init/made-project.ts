// A project that `init` writes, with the packages of this repository.
import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { builtInProviders } from '@call-status/core';
import { type Choices, FRAMEWORKS, INBOXES, LANGUAGES } from '../../src/init/choices.ts';
import { temporaryFolder } from '../servers.ts';

export const PACKAGE = join(import.meta.dirname, '..', '..');
const ROOT = join(PACKAGE, '..', '..');

/** A folder whose subfolders find the tools of this repository; removed at the end of the test. */
export function workspace(): string {
  const folder = realpathSync(temporaryFolder());
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Gives a project what `npm install` would. */
export function install(project: string): void {
  symlinkSync(join(PACKAGE, 'node_modules'), join(project, 'node_modules'));
}

/** Every framework with every inbox in both languages, with these providers. */
export function combinations(...names: readonly string[]): readonly Choices[] {
  const providers = builtInProviders.filter(({ definition }) => names.length === 0 || names.includes(definition.name));
  return FRAMEWORKS.flatMap((framework) =>
    INBOXES.flatMap((inbox) =>
      LANGUAGES.map((language) => ({ framework, inbox, language, providers, packageManager: 'npm' }) as const),
    ),
  );
}

/** `express-sqlite-ts` */
export function nameOf({ framework, inbox, language }: Choices): string {
  return `${framework}-${inbox}-${language}`;
}
