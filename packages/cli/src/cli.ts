import { parseArgs } from 'citty';
import { wrongUsage } from './cli-error.ts';
import type { CommandEntry } from './command.ts';
import { checkArgs } from './input/check-args.ts';
import { didYouMean } from './input/did-you-mean.ts';
import { loadEnvFile } from './input/env.ts';
import { GLOBAL_ARGS } from './input/global-args.ts';
import { createOutput } from './output/output.ts';
import { usageOf, usageOfAll } from './output/usage.ts';
import { VERSION } from './version.ts';

/**
 * Runs a command line.
 *
 * @param words the arguments, without node and the program
 * @returns the exit code
 * @throws CliError and errors of the core
 */
export async function call(commands: readonly CommandEntry[], words: readonly string[]): Promise<number> {
  const { before, rest } = split(words);
  if (asksFor('version', before)) return print(VERSION);
  if (rest.length === 0 || rest[0] === 'help' || asksFor('help', before)) {
    return help(commands, rest[0] === 'help' ? rest.slice(1) : rest, before);
  }
  const entry = commands.find(({ name }) => isAt(rest, name));
  if (entry === undefined || asksFor('help', rest)) return help(commands, rest, before);
  const { default: command } = await entry.load();
  const raw = [...before, ...rest.slice(entry.name.split(' ').length)];
  const all = checkArgs(entry.name, command, raw);
  const args = parseArgs<typeof GLOBAL_ARGS>([...raw], command.args);
  if (args.env !== undefined) loadEnvFile(args.env);
  return command.run({ args: args as never, output: createOutput(args), all });
}

/** Global flags may come before the command. */
function split(words: readonly string[]): { before: readonly string[]; rest: readonly string[] } {
  let at = 0;
  while (words[at]?.startsWith('-')) at += words[at] === '--config' || words[at] === '--env' ? 2 : 1;
  return { before: words.slice(0, at), rest: words.slice(at) };
}

function isAt(words: readonly string[], name: string): boolean {
  return name.split(' ').every((word, index) => words[index] === word);
}

/** Whether `--help` or `--version` is among the flags. */
function asksFor(flag: 'help' | 'version', words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const flags = words.slice(0, end < 0 ? words.length : end);
  return flags.includes(`--${flag}`) || flags.includes(`-${flag.slice(0, 1)}`);
}

/** The help for a command, for a group of commands such as `inbox`, or for all. */
async function help(
  commands: readonly CommandEntry[],
  words: readonly string[],
  before: readonly string[],
): Promise<number> {
  const output = createOutput({});
  const entry = commands.find(({ name }) => isAt(words, name));
  if (entry !== undefined) return print(usageOf(entry.name, (await entry.load()).default, output));
  const [group] = words.filter((word) => !word.startsWith('-'));
  if (group !== undefined) {
    const shown = commands.filter(({ name }) => name.startsWith(`${group} `));
    const isAsked = words.length === 1 || asksFor('help', [...before, ...words]);
    if (shown.length === 0 || !isAsked) throw unknown(commands, words);
    return print(usageOfAll(group, shown, output));
  }
  if (!asksFor('help', before)) checkArgs('', { args: GLOBAL_ARGS }, before);
  return print(usageOfAll(undefined, commands, output));
}

function unknown(commands: readonly CommandEntry[], words: readonly string[]): Error {
  const isGroup = commands.some(({ name }) => name.startsWith(`${words[0]} `));
  const given = words.slice(0, isGroup ? 2 : 1).join(' ');
  const known = commands.map(({ name }) => name);
  return wrongUsage(
    `There is no command "${given}".`,
    didYouMean(given, known, 'call-status --help lists the commands.'),
  );
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
