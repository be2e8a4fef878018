import { parseArgs } from 'node:util';
import type { ArgDef, ArgsDef } from 'citty';
import { wrongUsage } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * Checks what citty lets pass: flags that do not exist, are given twice, or lack their value, and too many or too few words.
 *
 * @returns all values of a flag
 * @throws CliError wrong_usage
 */
export function checkArgs(
  name: string,
  { args, repeatable = [] }: Pick<Command, 'args' | 'repeatable'>,
  raw: readonly string[],
): (flag: string) => readonly string[] {
  const help = `call-status ${name === '' ? '' : `${name} `}--help shows what there is.`;
  const options = Object.fromEntries(
    Object.entries(args)
      .filter(([, { type }]) => type !== 'positional')
      .map(([flag, def]) => [flag, { type: takesValue(def) ? 'string' : 'boolean', ...shortOf(def) } as const]),
  );
  const { tokens } = parseArgs({ args: [...raw], options, strict: false, tokens: true });
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = flagOf(token.name, args);
    const def = args[flag];
    if (def === undefined) throw unknownFlag(token.rawName, args, help);
    if (values.has(flag) && !repeatable.includes(flag)) throw wrongUsage(`${token.rawName} is there twice.`, help);
    checkValue(token, def);
    values.set(flag, [...(values.get(flag) ?? []), token.value ?? '']);
  }
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const last = checkWords(words, { args, repeatable }, help);
  if (last !== undefined) values.set(last.name, last.words);
  for (const [flag, def] of Object.entries(args)) {
    const isMissing = def.type !== 'positional' && def.required === true && !values.has(flag);
    if (isMissing) throw wrongUsage(`--${flag} is missing.`, help);
  }
  return (flag) => values.get(flag) ?? [];
}

function takesValue({ type }: ArgDef): boolean {
  return type !== 'boolean';
}

function shortOf(def: ArgDef): { short?: string } {
  const short = shortFlagOf(def);
  return short === undefined ? {} : { short };
}

/** The one letter that is short for a flag. */
export function shortFlagOf(def: ArgDef): string | undefined {
  return 'alias' in def ? [def.alias ?? []].flat().find((one) => one.length === 1) : undefined;
}

/** `--no-color` is the flag `color`, which is on by default. */
function flagOf(name: string, args: ArgsDef): string {
  const plain = name.startsWith('no-') ? name.slice(3) : name;
  const def = args[plain];
  return plain !== name && def?.type === 'boolean' && def.default === true ? plain : name;
}

function unknownFlag(given: string, args: ArgsDef, help: string): Error {
  const flags = Object.entries(args).flatMap(([flag, def]) => {
    if (def.type === 'positional') return [];
    return def.type === 'boolean' && def.default === true ? [`--no-${flag}`] : [`--${flag}`];
  });
  return wrongUsage(`There is no flag ${given}.`, didYouMean(given, [...flags, '--help'], help));
}

function checkValue(
  token: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
  def: ArgDef,
): void {
  const { rawName, value, inlineValue } = token;
  if (!takesValue(def)) {
    if (inlineValue) throw wrongUsage(`${rawName} takes no value.`);
    return;
  }
  if (value === undefined || (!inlineValue && value.startsWith('--'))) throw wrongUsage(`${rawName} needs a value.`);
  if (def.type !== 'enum' || def.options === undefined || def.options.includes(value)) return;
  throw wrongUsage(
    `${rawName} is not "${value}".`,
    didYouMean(value, def.options, `It is one of ${def.options.join(', ')}.`),
  );
}

/** @returns the last argument that is no flag, with its words, if it may be given several times */
function checkWords(
  words: readonly string[],
  { args, repeatable = [] }: Pick<Command, 'args' | 'repeatable'>,
  help: string,
): { readonly name: string; readonly words: string[] } | undefined {
  const positionals = Object.entries(args).filter(([, { type }]) => type === 'positional');
  const missing = positionals.slice(words.length).find(([, { required }]) => required !== false);
  if (missing !== undefined) throw wrongUsage(`${missing[0].toUpperCase()} is missing.`, help);
  const name = positionals.at(-1)?.[0];
  if (name !== undefined && repeatable.includes(name)) return { name, words: words.slice(positionals.length - 1) };
  const surplus = words[positionals.length];
  if (surplus !== undefined) throw wrongUsage(`"${surplus}" is one word too many.`, help);
  return undefined;
}
