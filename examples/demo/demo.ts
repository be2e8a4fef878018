// Starts the three examples, sends them callbacks of every provider, and shows what arrives and what is refused.
// Then it kills a server in the middle of its work, and one of two hosts on one PostgreSQL, and shows that nothing is lost; if something is,
// it exits with 1. At the end it shows the board on what arrived; with --open, in your browser, until you end it.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBrowser } from '../../packages/cli/src/board/browser.ts';
import { findPostgres } from '../../packages/inbox-postgres/test/servers/find.ts';
import { startPostgres } from '../../packages/inbox-postgres/test/servers/postgres.ts';
import { serveBoard } from './board.ts';
import { type Crash, crash, takeOver } from './crash.ts';
import { ExampleServer, type PrintedEvent } from './example-server.ts';
import { bold, dim, green, red, table } from './print.ts';
import { forgeries, genuine, reasonOf, secrets, send } from './requests.ts';

const FRAMEWORKS = { express: 'Express', koa: 'Koa', fastify: 'Fastify' } as const;
const CALL_COLUMNS = ['provider', 'call', 'status', 'transition'];
const EVENT_COLUMNS = [...CALL_COLUMNS, 'direction', 'seconds', 'trust'];
const NOTHING = { events: [], refusals: [] };
const directory = mkdtempSync(path.join(tmpdir(), 'call-status-demo-'));

try {
  const arrived = await showWhatArrives();
  await showCrash();
  await showTakeOver();
  await showBoard(arrived);
} finally {
  rmSync(directory, { recursive: true });
}

/** Every framework gets the same callbacks, and must turn them into the same events. */
async function showWhatArrives(): Promise<ExampleServer | undefined> {
  let first: ExampleServer | undefined;
  for (const [framework, name] of Object.entries(FRAMEWORKS)) {
    const server = await ExampleServer.start(framework, environment(framework));
    console.log(`\n${bold(name)} ${dim(server.origin)}`);
    for (const sample of genuine) expectStatus(200, await send(server.origin, sample));
    await server.until(({ events }) => events.length >= genuine.length);
    const refused: string[][] = [];
    for (const { title, sample } of forgeries) {
      const status = await send(server.origin, sample);
      refused.push([String(status), sample.provider, title]);
    }
    await server.stop('SIGTERM');
    const rows = refused.map((row, index) => [...row, reasonOf(server.refusals.at(index - refused.length)?.code)]);
    if (first === undefined) {
      first = server;
      console.log(table(EVENT_COLUMNS, server.events.map(eventRow)));
      console.log(`\n${bold('Refused')}`);
      console.log(table(['answer', 'provider', 'what came', 'why'], rows));
    } else if (signatureOf(server) === signatureOf(first)) {
      console.log(green(`The same: ${server.events.length} events arrived, ${rows.length} requests were refused.`));
    } else {
      throw new Error(`${name} turns the same callbacks into other events.`);
    }
  }
  return first;
}

/** What is acknowledged survives a crash: the server is started again, and handles what the first one did not. */
async function showCrash(): Promise<void> {
  console.log(`\n${bold('A crash in the middle')}`);
  const result = await crash(environment('crash'));
  const waiting = result.acknowledged.size - result.before.length - result.interrupted.size;
  console.log(
    `Of ${result.acknowledged.size} callbacks acknowledged with 200, ${result.before.length} were handled, ` +
      `${result.interrupted.size} in the middle of a handler and ${waiting} waiting. Then kill -9, and a restart.`,
  );
  showHandled(result, 'before', 'after the restart');
}

/** With several hosts, nothing waits for a restart. */
async function showTakeOver(): Promise<void> {
  console.log(`\n${bold('Two hosts, one PostgreSQL')}`);
  if (findPostgres() === undefined) {
    console.log('Not shown: PostgreSQL is not installed.');
    return;
  }
  const server = await startPostgres();
  try {
    const result = await takeOver({ ...environment('hosts'), DATABASE: server.url });
    console.log(
      `Host A handled ${result.before.length} events, and got ${result.interrupted.size} more when it was killed with kill -9. ` +
        `Host B handled ${result.after.length}, among them those.`,
    );
    showHandled(result, 'by host A', 'by host B');
  } finally {
    await server.remove();
  }
}

/** @param first, second say which of two servers handled an event */
function showHandled({ sent, acknowledged, stored, before, after, lost }: Crash, first: string, second: string): void {
  const rows = [
    ...before.map((event) => [...callRow(event), first, String(event.attempt)]),
    ...after.map((event) => [...callRow(event), second, String(event.attempt)]),
  ];
  console.log(table([...CALL_COLUMNS, 'handled', 'attempt'], rows));
  const handled = new Set([...before, ...after].map(({ id }) => id));
  const sets = { sent, acknowledged, stored, handled, lost: new Set(lost) };
  console.log(`\n${bold('Event ids')}`);
  console.log(table(Object.keys(sets), [Object.values(sets).map(({ size }) => String(size))]));
  if (lost.length === 0) {
    console.log(green('Every event that was acknowledged is stored and handled.'));
  } else {
    console.log(red(`Lost:\n${lost.join('\n')}`));
    process.exitCode = 1;
  }
}

/** What arrived at the first server, in a browser. */
async function showBoard({ events, refusals }: Pick<ExampleServer, 'events' | 'refusals'> = NOTHING): Promise<void> {
  const board = await serveBoard(environment('express').INBOX);
  try {
    const { rows } = await board.get('api/calls?limit=1000');
    const { groups } = await board.get('api/refused');
    const refused = groups.reduce((sum, { count }) => sum + count, 0);
    const calls = new Set(events.map(({ provider, callId }) => `${provider} ${callId}`)).size;
    if (rows.length !== calls || refused !== refusals.length)
      throw new Error(`The board shows ${rows.length} of ${calls} calls, ${refused} of ${refusals.length} refusals.`);
    const interrupted = once(process, 'SIGINT');
    console.log(`\n${bold('The board')} ${dim(board.url)}`);
    console.log(
      green(`It shows the ${calls} calls that arrived in Express, and why ${refused} callbacks were refused.`),
    );
    if (!process.argv.includes('--open')) {
      console.log('To look at it: npx -y pnpm@10.34.9 run demo --open');
      return;
    }
    await openBrowser(board.url, { isTerminal: process.stdout.isTTY === true, note: console.log });
    console.log('It stays until you press Ctrl+C.');
    await interrupted;
  } finally {
    await board.close();
  }
}

function environment(framework: string): Record<string, string> & { readonly INBOX: string } {
  return { INBOX: path.join(directory, `${framework}.db`), ...secrets };
}

function expectStatus(expected: number, status: number): void {
  if (status !== expected) throw new Error(`A callback was answered ${status} instead of ${expected}.`);
}

function callRow({ provider, callId, status, transition }: PrintedEvent): string[] {
  return [provider, callId, status, transition];
}

function eventRow(event: PrintedEvent): string[] {
  const { direction = '', durationSeconds = '', trust } = event;
  return [...callRow(event), direction, String(durationSeconds), trust];
}

/** What must be the same in every framework. */
function signatureOf({ events, refusals }: ExampleServer): string {
  const rows = events.map((event) => [event.id, ...eventRow(event)].join());
  return JSON.stringify([rows.sort(), refusals.map(({ code }) => code)]);
}
