import { isCancel, multiselect, select } from '@clack/prompts';
import type { BuiltIn, Choices } from './choices.ts';

/** Results go to stdout, questions do not. */
const output = process.stderr;

type Answers = Omit<Choices, 'packageManager'>;

/** Asks for what is not known; `undefined` if that is canceled. */
export async function ask(
  known: { readonly [Name in keyof Answers]: Answers[Name] | undefined },
  all: readonly BuiltIn[],
): Promise<Answers | undefined> {
  const framework =
    known.framework ?? (await select({ message: 'Framework', options: [...FRAMEWORK_OPTIONS], output }));
  if (isCancel(framework)) return undefined;
  const providers = known.providers ?? (await askProviders(all));
  if (providers === undefined) return undefined;
  const inbox = known.inbox ?? (await select({ message: 'What keeps the calls', options: [...INBOX_OPTIONS], output }));
  if (isCancel(inbox)) return undefined;
  const language = known.language ?? (await select({ message: 'Language', options: [...LANGUAGE_OPTIONS], output }));
  if (isCancel(language)) return undefined;
  return { framework, providers, inbox, language };
}

async function askProviders(all: readonly BuiltIn[]): Promise<readonly BuiltIn[] | undefined> {
  const names = await multiselect<string>({
    message: 'Providers (space selects, enter continues)',
    options: all.map(({ definition }) => ({ value: definition.name })),
    output,
  });
  return isCancel(names) ? undefined : all.filter(({ definition }) => names.includes(definition.name));
}

const FRAMEWORK_OPTIONS = [
  { value: 'express', label: 'Express' },
  { value: 'koa', label: 'Koa' },
  { value: 'fastify', label: 'Fastify' },
] as const;

const INBOX_OPTIONS = [
  { value: 'sqlite', label: 'SQLite', hint: 'a file, for one host' },
  { value: 'postgres', label: 'PostgreSQL', hint: 'for several hosts' },
  { value: 'memory', label: 'Memory', hint: 'for trying: a restart loses every call' },
] as const;

const LANGUAGE_OPTIONS = [
  { value: 'ts', label: 'TypeScript' },
  { value: 'js', label: 'JavaScript' },
] as const;
