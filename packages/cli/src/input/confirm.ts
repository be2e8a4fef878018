import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { wrongUsage } from '../cli-error.ts';
import type { Output } from '../output/output.ts';

/** Shows what will happen: before a question also with `--quiet`, else as a note. */
export function announce(text: string, isConfirmed: boolean | undefined, output: Output): void {
  if (isConfirmed !== true && canAsk()) process.stderr.write(`${text}\n`);
  else output.note(text);
}

function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks before something is written. {@link announce} what will happen first.
 *
 * @param question `Replay 12 dead letters?`
 * @param isConfirmed whether `--yes` was given, so that nothing is asked
 * @returns whether the answer is yes
 * @throws CliError wrong_usage without a terminal to ask on
 */
export async function confirm(question: string, isConfirmed: boolean | undefined): Promise<boolean> {
  if (isConfirmed === true) return true;
  if (!canAsk()) {
    throw wrongUsage('Nothing was changed: there is no terminal to ask on.', 'Add --yes to do it.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // Ctrl-D, or the end of the terminal, is a no.
  const ended = once(terminal, 'close').then(() => '');
  const answer = terminal.question(`${question} [y/N] `).catch(() => '');
  try {
    return /^y(es)?$/i.test((await Promise.race([answer, ended])).trim());
  } finally {
    terminal.close();
  }
}
