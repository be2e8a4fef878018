// Starts the three examples, sends them callbacks of every provider, and shows what arrives and what is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExampleServer, type PrintedEvent } from './example-server.ts';
import { bold, dim, green, table } from './print.ts';
import { forgeries, genuine, reasonOf, secrets, send } from './requests.ts';

const FRAMEWORKS = { express: 'Express', koa: 'Koa', fastify: 'Fastify' } as const;
const directory = mkdtempSync(path.join(tmpdir(), 'call-status-demo-'));

try {
  await showWhatArrives();
  await showRestart();
} finally {
  rmSync(directory, { recursive: true });
}

/** Every framework gets the same callbacks, and has to make the same of them. */
async function showWhatArrives(): Promise<void> {
  let first: ExampleServer | undefined;
  for (const [framework, name] of Object.entries(FRAMEWORKS)) {
    const server = await ExampleServer.start(framework, environment(framework));
    console.log(`\n${bold(name)} ${dim(server.origin)}`);
    for (const callback of genuine) expectStatus(200, await send(server.origin, callback));
    await server.handled(genuine.length);
    const refused: string[][] = [];
    for (const { title, callback } of forgeries) {
      const status = await send(server.origin, callback);
      refused.push([String(status), callback.provider, title]);
    }
    await server.stop('SIGTERM');
    const rows = refused.map((row, index) => [...row, reasonOf(server.refusals.at(index - refused.length)?.code)]);
    if (first === undefined) {
      first = server;
      console.log(table(['provider', 'call', 'status', 'direction', 'seconds', 'trust'], server.events.map(eventRow)));
      console.log(`\n${bold('Refused')}`);
      console.log(table(['answer', 'provider', 'what came', 'why'], rows));
    } else if (signatureOf(server) === signatureOf(first)) {
      console.log(green(`The same: ${server.events.length} events arrived, ${rows.length} requests were refused.`));
    } else {
      throw new Error(`${name} makes something else of the same callbacks.`);
    }
  }
}

/** What is acknowledged survives a crash: the first process acknowledges and is killed, the second handles. */
async function showRestart(): Promise<void> {
  console.log(`\n${bold('A crash between the 200 and the handlers')}`);
  const env = { ...environment('fastify'), INBOX: path.join(directory, 'crash.db') };
  const killed = await ExampleServer.start('fastify', { ...env, HANDLERS: 'off' });
  for (const callback of genuine) expectStatus(200, await send(killed.origin, callback));
  console.log(`${genuine.length} callbacks acknowledged with 200, ${killed.events.length} handled. Then kill -9.`);
  await killed.stop('SIGKILL');
  const restarted = await ExampleServer.start('fastify', env);
  await restarted.handled(genuine.length);
  console.log(green(`Started again: ${restarted.events.length} events handled, none lost.`));
  await restarted.stop('SIGTERM');
}

function environment(framework: string): Record<string, string> {
  return {
    INBOX: path.join(directory, `${framework}.db`),
    SIGNALWIRE_SIGNING_KEY: secrets.signalwire,
    VOICEDOCK_SECRET: secrets.voicedock,
    EXOTEL_TOKEN: secrets.exotel,
    MYCPAAS_TOKEN: secrets.mycpaas,
  };
}

function expectStatus(expected: number, status: number): void {
  if (status !== expected) throw new Error(`A callback was answered ${status} in place of ${expected}.`);
}

function eventRow({ provider, callId, status, direction, durationSeconds, trust }: PrintedEvent): string[] {
  return [provider, callId, status, direction ?? '', String(durationSeconds ?? ''), trust];
}

/** What has to be the same in every framework. */
function signatureOf({ events, refusals }: ExampleServer): string {
  const rows = events.map(({ id, transition, ...event }) =>
    [id, transition, ...eventRow({ id, transition, ...event })].join(),
  );
  return JSON.stringify([rows.sort(), refusals.map(({ code }) => code)]);
}
