import { basic, createBoard } from '@call-status/board';
import type { Inbox } from '@call-status/core';
import { wrongUsage } from '../cli-error.ts';
import { type InboxArgs, reading, writing } from '../inbox/open.ts';
import { variable } from '../input/env.ts';
import { nextInterruption } from '../input/interrupts.ts';
import { listenAt, portOf } from '../input/listen-at.ts';
import { isLoopback } from '../input/target.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { openBrowser } from './browser.ts';
import { serverOf } from './server.ts';

/** The arguments of the command. */
export interface BoardArgs extends InboxArgs {
  readonly port?: string | undefined;
  readonly open?: boolean | undefined;
  readonly write?: boolean | undefined;
  readonly reveal?: boolean | undefined;
  readonly host?: string | undefined;
  readonly 'auth-from-env'?: string | undefined;
}

/** Shows an inbox until it is interrupted. Resolves to 0. */
export async function runBoard(args: BoardArgs, output: Output): Promise<number> {
  const { host = '127.0.0.1', write = false, 'auth-from-env': name } = args;
  const port = portOf(args.port ?? '4001');
  const auth = name === undefined ? undefined : basic(credentialsOf(name));
  const isLocal = isLoopback(host);
  if (!isLocal && auth === undefined) {
    throw wrongUsage(
      `Anyone who reaches ${host} could see the calls.`,
      'Put user:password into an environment variable, and name it: --auth-from-env BOARD_AUTH',
    );
  }
  const open = write ? writing : reading;
  await open(args, async (inbox) => {
    const board = boardOf(inbox, args, auth, output);
    const server = serverOf(board, auth === undefined);
    const url = await listenAt(server, port, host);
    const interrupted = nextInterruption();
    output.row({ type: 'listening', url: `${url}/`, write });
    output.result(`The board is at ${url}/`);
    if (args.open === true) await openBrowser(`${url}/`, output);
    output.note(notesFor(write, isLocal).join(' '));
    await interrupted;
    board.close();
    server.close();
    server.closeAllConnections();
  });
  return 0;
}

function boardOf(
  inbox: Inbox,
  { write = false, reveal = false }: BoardArgs,
  auth: ReturnType<typeof basic> | undefined,
  { note }: Output,
): ReturnType<typeof createBoard> {
  const log = ({ cause }: { readonly cause?: string }, message: string): void => {
    // Without the stack: it says nothing to someone who only runs the command.
    note(safe([message, ...(cause?.split('\n', 1) ?? [])].join(' ')));
  };
  return createBoard({
    inbox,
    ...(auth ? { auth } : { allowUnauthenticated: true }),
    can: () => ({ view: true, raw: reveal, replay: write, reconcile: write, forget: write }),
    ...(!write && {
      notice: 'Read only. To replay dead letters, have providers asked, or erase calls, start the board with --write.',
    }),
    log: { warn: log, error: log },
  });
}

/** @throws CliError wrong_usage */
function credentialsOf(name: string): { readonly user: string; readonly password: string } {
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(variable(name)) ?? [];
  if (user !== '' && password !== '') return { user, password };
  throw wrongUsage(`The environment variable ${name} has no user and password.`, `Set it to user:password.`);
}

function notesFor(write: boolean, isLocal: boolean): readonly string[] {
  return [
    write
      ? 'It can replay and discard dead letters, have providers asked, and erase calls.'
      : 'It is read only; --write lets you replay.',
    ...(isLocal ? [] : ['It is reachable from your network, without encryption.']),
    'Ctrl+C ends it.',
  ];
}
