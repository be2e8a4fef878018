import type { ArgDef } from 'citty';
import type { Command, CommandEntry } from '../command.ts';
import { shortFlagOf } from '../input/check-args.ts';
import { GLOBAL_ARGS } from '../input/global-args.ts';
import type { Output } from './output.ts';

/** The `--help` of a command. */
export function usageOf(name: string, { about, args, repeatable = [], examples }: Command, { style }: Output): string {
  const entries = Object.entries(args);
  const words = entries.filter(([, { type }]) => type === 'positional');
  const isGlobal = ([flag]: readonly [string, ArgDef]): boolean => Object.hasOwn(GLOBAL_ARGS, flag);
  const flags = entries.filter((entry) => entry[1].type !== 'positional' && !isGlobal(entry));
  const usage = [
    'call-status',
    name,
    ...words.map(([word, def]) => placeOf(word, def, repeatable.includes(word))),
    '[flags]',
  ].join(' ');
  return [
    about,
    `${style.bold('Usage')}  ${usage}`,
    section(
      '',
      words.map(([word, def]) => [word.toUpperCase(), describe(def)]),
    ),
    section(
      style.bold('Flags'),
      flags.map(([flag, def]) => [labelOf(flag, def), describe(def)]),
    ),
    section(
      style.bold('Everywhere'),
      entries.filter(isGlobal).map(([flag, def]) => [labelOf(flag, def), describe(def)]),
    ),
    section(
      style.bold('Examples'),
      examples.map(([line, does]) => [`call-status ${line}`, does]),
      '\n    ',
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The list of commands: of a group such as `inbox`, or of all. */
export function usageOfAll(group: string | undefined, commands: readonly CommandEntry[], { style }: Output): string {
  const usage = ['call-status', ...(group === undefined ? [] : [group]), 'COMMAND', '[flags]'].join(' ');
  return [
    group === undefined ? ABOUT : `Commands of call-status ${group}.`,
    `${style.bold('Usage')}  ${usage}`,
    section(
      style.bold('Commands'),
      commands.map(({ name, description }) => [name, description]),
    ),
    section(style.bold('Everywhere'), [
      ...Object.entries(GLOBAL_ARGS).map(([flag, def]): [string, string] => [labelOf(flag, def), describe(def)]),
      ['-h, --help', 'Explain a command, with examples'],
      ['-v, --version', 'Print the version'],
    ]),
    `Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 could not connect or open, 4 not found.`,
  ].join('\n\n');
}

const ABOUT = 'Send, simulate, explain and look up call status callbacks.';

function placeOf(word: string, { required }: ArgDef, isRepeatable: boolean): string {
  const shown = `${word.toUpperCase()}${isRepeatable ? '…' : ''}`;
  return required === false ? `[${shown}]` : shown;
}

function labelOf(flag: string, def: ArgDef): string {
  const short = shortFlagOf(def);
  const name = def.type === 'boolean' && def.default === true ? `--no-${flag}` : `--${flag}`;
  const value = def.type === 'boolean' ? '' : ` ${(def.valueHint ?? flag).toUpperCase()}`;
  return `${short === undefined ? '' : `-${short}, `}${name}${value}`;
}

function describe(def: ArgDef): string {
  const { description = '' } = def;
  const options = def.type === 'enum' && def.options !== undefined ? `: ${def.options.join(', ')}` : '';
  const fallback = typeof def.default === 'string' ? ` [${def.default}]` : '';
  return description + options + fallback;
}

/** A heading, and lines of two columns; the second on a line of its own if `gap` ends the first. */
function section(title: string, rows: readonly (readonly [string, string])[], gap?: string): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) =>
    gap === undefined ? `  ${label.padEnd(width)}  ${text}`.trimEnd() : `  ${label}${gap}${text}`,
  );
  return [...(title === '' ? [] : [title]), ...lines].join('\n');
}
