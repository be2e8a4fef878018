import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Output } from '../output/output.ts';

/** The platform's command that opens a URL. */
const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start'],
};

/** Opens a URL in the browser of the person at the terminal. If that cannot be done, it says so. */
export async function openBrowser(
  url: string,
  { isTerminal, note }: Pick<Output, 'isTerminal' | 'note'>,
): Promise<void> {
  if (!isTerminal) {
    note('No browser was opened: there is no terminal.');
    return;
  }
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open'];
  const browser = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  browser.unref();
  try {
    await once(browser, 'spawn');
  } catch {
    note(`No browser could be opened: ${command} is missing. Open the address yourself.`);
  }
}
