import { wrongUsage } from '../cli-error.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { type BuiltIn, type Choices, FRAMEWORKS, INBOXES, LANGUAGES, PACKAGE_MANAGERS } from './choices.ts';

/** What the flags say. */
export interface Given {
  readonly framework?: Choices['framework'] | undefined;
  /** Names with commas between them. */
  readonly providers?: string | undefined;
  readonly inbox?: Choices['inbox'] | undefined;
  readonly language?: Choices['language'] | undefined;
  readonly 'package-manager'?: Choices['packageManager'] | undefined;
  readonly yes?: boolean | undefined;
}

/**
 * What the flags say, and, on a terminal, the answers to questions about the rest.
 *
 * @returns `undefined` if the questions were canceled
 * @throws CliError wrong_usage
 */
export async function choose(given: Given): Promise<Choices | undefined> {
  const { builtInProviders } = await import('@call-status/core');
  const providers = given.providers === undefined ? undefined : named(given.providers, builtInProviders);
  const { framework, inbox, language, yes = false } = given;
  const packageManager = given['package-manager'] ?? packageManagerOf(process.env['npm_config_user_agent']);
  const known = { framework, providers, inbox, language };
  const missing = Object.entries(known).flatMap(([name, value]) => (value === undefined ? [`--${name}`] : []));
  if (yes && providers !== undefined) {
    const [[express], [sqlite], [ts]] = [FRAMEWORKS, INBOXES, LANGUAGES];
    return {
      framework: framework ?? express,
      providers,
      inbox: inbox ?? sqlite,
      language: language ?? ts,
      packageManager,
    };
  }
  if (missing.length > 0 && (yes || !hasTerminal())) {
    throw wrongUsage(
      `${(yes ? ['--providers'] : missing).join(', ')} ${missing.length === 1 || yes ? 'is' : 'are'} missing.`,
      yes
        ? 'Name one or more: --providers signalwire,exotel.'
        : 'Without a terminal to ask on, give them as flags; --yes takes the usual ones.',
    );
  }
  const { ask } = await import('./ask.ts');
  const answers = await ask(known, builtInProviders);
  return answers === undefined ? undefined : { ...answers, packageManager };
}

function named(text: string, all: readonly BuiltIn[]): readonly BuiltIn[] {
  const names = new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  const known = all.map(({ definition }) => definition.name);
  if (names.size === 0) throw wrongUsage('--providers is empty.', `There are ${known.join(', ')}.`);
  return [...names].map((name) => {
    const found = all.find(({ definition }) => definition.name === name);
    if (found !== undefined) return found;
    throw wrongUsage(`There is no provider "${name}".`, didYouMean(name, known, `There are ${known.join(', ')}.`));
  });
}

/** The package manager that runs this says so: `pnpm/10.34.9 npm/? node/v20.20.2 linux x64`. */
function packageManagerOf(agent = ''): Choices['packageManager'] {
  return PACKAGE_MANAGERS.find((name) => agent.startsWith(`${name}/`)) ?? PACKAGE_MANAGERS[0];
}

function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
