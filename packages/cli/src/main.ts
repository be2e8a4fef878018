#!/usr/bin/env node
import { call } from './cli.ts';
import { exitCodeOf, report } from './cli-error.ts';
import type { CommandEntry } from './command.ts';

/** All commands, in the order of `--help`. Each is loaded when it runs. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'trigger',
    description: 'Send one genuine, signed callback',
    load: () => import('./commands/trigger.ts'),
  },
  {
    name: 'simulate',
    description: 'Send whole calls, with faults, and compare the inbox',
    load: () => import('./commands/simulate.ts'),
  },
  {
    name: 'replay',
    description: 'Send a recorded callback again, signed anew',
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'init',
    description: 'Write a server with handlers and a first test',
    load: () => import('./commands/init.ts'),
  },
];

// `| head` has seen enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 3));
process.stderr.on('error', () => {});

process.once('SIGINT', () => {
  // A spinner or a question may have hidden the cursor.
  if (process.stderr.isTTY) process.stderr.write('\x1b[?25h\n');
  process.exit(130);
});

try {
  process.exitCode = await call(COMMANDS, process.argv.slice(2));
} catch (error) {
  report(error);
  process.exitCode = exitCodeOf(error);
}
