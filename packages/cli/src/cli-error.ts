import { inspect } from 'node:util';
import { printableLine, safeLines } from './output/safe.ts';

/** Why a command ends without success. */
export type CliErrorCode = 'refused' | 'wrong_usage' | 'unreachable' | 'not_found';

/** An error for the person at the terminal: what happened, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  /** The exit code of the process. */
  readonly exitCode: number;
  /** What to do, in one or more sentences. */
  readonly fix: string | undefined;

  constructor(code: CliErrorCode, message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = EXIT_CODES[code];
    this.fix = fix;
  }
}

/** 0 is done. */
const EXIT_CODES: Readonly<Record<CliErrorCode, number>> = { refused: 1, wrong_usage: 2, unreachable: 3, not_found: 4 };

/** The answer is no: a refusal, an assertion, a mismatch, a finding. */
export function refused(message: string, fix?: string): CliError {
  return new CliError('refused', message, fix);
}

/** The command line is wrong, so nothing was done. */
export function wrongUsage(message: string, fix?: string): CliError {
  return new CliError('wrong_usage', message, fix);
}

/** Something could not be connected to, opened or read. */
export function unreachable(message: string, fix?: string, cause?: unknown): CliError {
  return new CliError('unreachable', message, fix, { cause });
}

/** The named file, call or event does not exist. */
export function notFound(message: string, fix?: string): CliError {
  return new CliError('not_found', message, fix);
}

/** The exit code for anything that a command throws. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  const code = codeOfInbox(error);
  if (code === undefined) return 1;
  if (code === 'invalid_options') return 2;
  return code === 'inbox_missing' ? 4 : 3;
}

/** Prints what happened and what to do. The stack is for DEBUG=call-status only. */
export function report(error: unknown): void {
  process.stderr.write(`call-status: ${printableLine(textOf(error))}\n`);
  if (process.env['DEBUG']?.split(',').includes('call-status')) process.stderr.write(`${safeLines(inspect(error))}\n`);
}

function textOf(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof CliError) return error.fix === undefined ? message : `${message} ${error.fix}`;
  // An error of call-status says what to do, too.
  if (codeOfInbox(error) !== undefined) return message;
  return `${message} This is probably a fault of call-status: run again with DEBUG=call-status and report what it prints.`;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'Something was thrown that has no text.';
  }
}

/** By its name: the core is not loaded for it. */
function codeOfInbox(error: unknown): string | undefined {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return name === 'CallStatusError' && typeof code === 'string' ? code : undefined;
}
