import type { ArgsDef, ParsedArgs } from 'citty';
import { GLOBAL_ARGS } from './input/global-args.ts';
import type { Output } from './output/output.ts';

/** What a command declares. */
export interface CommandDefinition<Args extends ArgsDef> {
  /** What it does, for its `--help`: one or more sentences. */
  readonly about: string;
  /** Its own arguments, without the global ones. */
  readonly args: Args;
  /** The names of flags, and of the last word, that may be given several times; `all(name)` returns their values. */
  readonly repeatable?: readonly (keyof Args & string)[];
  /** Command lines that work, for its `--help`, without `call-status`, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /**
   * Runs the command. Resolves to the exit code; if it is not 0, the output has already said why. Throws a `CliError` otherwise.
   */
  readonly run: (context: CommandContext<Args>) => Promise<number>;
}

/** What a command runs with. */
export interface CommandContext<Args extends ArgsDef> {
  readonly args: ParsedArgs<Args & typeof GLOBAL_ARGS>;
  readonly output: Output;
  /** All values of a flag that may be given several times. */
  readonly all: (name: keyof Args & string) => readonly string[];
}

/** A command with the global arguments. */
export interface Command extends CommandDefinition<ArgsDef> {}

/** A command that is loaded when it runs. */
export interface CommandEntry {
  /** One word, or two: `inbox ls`. */
  readonly name: string;
  /** For the list of commands: a few words. */
  readonly description: string;
  readonly load: () => Promise<{ readonly default: Command }>;
}

/**
 * Defines a command: the default export of its file. Its run is typed by its arguments.
 */
export function command<const Args extends ArgsDef>(definition: CommandDefinition<Args>): Command {
  return { ...definition, args: { ...definition.args, ...GLOBAL_ARGS } } as unknown as Command;
}
