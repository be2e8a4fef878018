import { styleText } from 'node:util';
import { safeJson } from './safe.ts';

/** Changes the look of a text, on a terminal that shows colors. */
export type Style = (text: string) => string;

/** Where a command writes. */
export interface Output {
  /** Whether results are JSON. */
  readonly isJson: boolean;
  /** Whether results go to a terminal. */
  readonly isTerminal: boolean;
  /** Prints a result for people; nothing with `--json`. */
  readonly result: (text: string) => void;
  /** Prints a result for programs, as one line; nothing without `--json`. */
  readonly row: (object: object) => void;
  /** Prints what is not a result, to stderr; nothing with `--quiet`. */
  readonly note: (text: string) => void;
  readonly style: Readonly<Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', Style>>;
}

/** The global arguments that decide how a command writes. */
export interface OutputArgs {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** Creates the output of a command. */
export function createOutput({ json = false, quiet = false, color = true }: OutputArgs): Output {
  const styled = hasColors(color);
  const style =
    (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow'): Style =>
    (text) =>
      styled ? styleText(format, text, UNCHECKED) : text;
  return {
    isJson: json,
    isTerminal: process.stdout.isTTY === true,
    result: (text) => void (json || process.stdout.write(`${text}\n`)),
    row: (object) => void (json && process.stdout.write(`${safeJson(object)}\n`)),
    note: (text) => void (quiet || process.stderr.write(`${text}\n`)),
    style: {
      bold: style('bold'),
      dim: style('dim'),
      green: style('green'),
      red: style('red'),
      yellow: style('yellow'),
    },
  };
}

/** Newer versions of Node would decide again whether there is a terminal. */
const UNCHECKED = { validateStream: false };

/** `--no-color` and `NO_COLOR` win; `FORCE_COLOR` colors a pipe, too. */
function hasColors(isWanted: boolean): boolean {
  const { NO_COLOR = '', FORCE_COLOR, TERM } = process.env;
  if (!isWanted || NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process.stdout.isTTY === true && TERM !== 'dumb';
}
