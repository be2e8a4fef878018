#!/usr/bin/env node
import { call } from './cli.ts';
import { exitCodeOf, report, unreachable } from './cli-error.ts';
import type { CommandEntry } from './command.ts';
import { handleInterrupts } from './input/interrupts.ts';
import { endWhenUnread, outputFlushed } from './output/broken-pipe.ts';

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
  {
    name: 'doctor',
    description: 'Explain why a captured callback is refused',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'listen',
    description: 'Receive callbacks on this machine, and explain each',
    load: () => import('./commands/listen.ts'),
  },
  {
    name: 'inbox ls',
    description: 'List calls',
    load: () => import('./commands/inbox/ls.ts'),
  },
  {
    name: 'inbox show',
    description: 'Show one call with its events',
    load: () => import('./commands/inbox/show.ts'),
  },
  {
    name: 'inbox stats',
    description: 'Count calls by hour or day',
    load: () => import('./commands/inbox/stats.ts'),
  },
  {
    name: 'inbox dead',
    description: 'Show dead letters and their errors',
    load: () => import('./commands/inbox/dead.ts'),
  },
  {
    name: 'inbox replay',
    description: 'Have dead letters handled again',
    load: () => import('./commands/inbox/replay.ts'),
  },
  {
    name: 'inbox discard',
    description: 'Remove dead letters',
    load: () => import('./commands/inbox/discard.ts'),
  },
  {
    name: 'inbox refused',
    description: 'Show why callbacks were refused',
    load: () => import('./commands/inbox/refused.ts'),
  },
  {
    name: 'inbox check',
    description: 'Check an inbox, and say what to do',
    load: () => import('./commands/inbox/check.ts'),
  },
  {
    name: 'inbox forget',
    description: 'Erase a call',
    load: () => import('./commands/inbox/forget.ts'),
  },
  {
    name: 'tail',
    description: 'Follow the events of an inbox',
    load: () => import('./commands/tail.ts'),
  },
  {
    name: 'reconcile',
    description: 'Ask providers what became of silent calls',
    load: () => import('./commands/reconcile.ts'),
  },
  {
    name: 'board',
    description: 'Show an inbox in a browser',
    load: () => import('./commands/board.ts'),
  },
  {
    name: 'completion',
    description: 'Print a script that completes commands in your shell',
    load: () => import('./commands/completion.ts').then((loaded) => ({ default: loaded.completionOf(COMMANDS) })),
  },
];

endWhenUnread();
handleInterrupts();

// What a configuration waits for may never come, and then nothing is left to run.
process.once('beforeExit', () => {
  if (isDone) return;
  report(unreachable('Nothing is left to wait for.', 'Look at what the configuration file awaits.'));
  process.exit(3);
});

let isDone = false;
try {
  process.exitCode = await call(COMMANDS, process.argv.slice(2));
} catch (error) {
  report(error);
  process.exitCode = exitCodeOf(error);
}
isDone = true;
// What a configuration holds open, such as a pool of connections, would keep the process alive for ever.
await outputFlushed();
process.exit();
