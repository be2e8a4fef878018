import type { Inbox } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { ExampleServer, type PrintedEvent } from './example-server.ts';
import { eventIdOf, genuine, type Sample, send } from './requests.ts';

/** How many handlers have finished when the server is killed. */
const HANDLED = 5;

/** What happened to the events of a server that was killed in the middle of its work. The sets hold event ids. */
export interface Crash {
  /** All callbacks that were sent. */
  readonly sent: ReadonlySet<string>;
  /** Answered with 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** In the inbox after the kill. */
  readonly stored: ReadonlySet<string>;
  /** In the middle of a handler when the server was killed. */
  readonly interrupted: ReadonlySet<string>;
  /** Handled by the server that was killed. */
  readonly before: readonly PrintedEvent[];
  /** Handled by the other one. */
  readonly after: readonly PrintedEvent[];
  /** Acknowledged, but not stored or not handled. */
  readonly lost: readonly string[];
}

type Environment = Readonly<Record<string, string>>;

/** Kills a server while some events are handled, some are in a handler and some are waiting. Then starts it again. */
export async function crash(env: Environment & { readonly INBOX: string }): Promise<Crash> {
  const killed = await startHanging(env);
  const answers = await sendAll(killed, genuine);
  await untilHanging(killed);
  await killed.stop('SIGKILL');
  const stored = await storedIn(sqliteInbox({ path: env.INBOX }));
  const restarted = await ExampleServer.start('demo', env);
  return outcome(answers, killed, restarted, stored);
}

/** Kills one of two hosts on one database. The other handles its own events, and then those of the one that was killed. */
export async function takeOver(env: Environment & { readonly DATABASE: string }): Promise<Crash> {
  const killed = await startHanging(env);
  const half = genuine.length / 2;
  const toFirst = await sendAll(killed, genuine.slice(0, half));
  await untilHanging(killed);
  const survivor = await ExampleServer.start('demo', env);
  const toSecond = await sendAll(survivor, genuine.slice(half));
  await killed.stop('SIGKILL');
  const stored = await storedIn(postgresInbox({ url: env.DATABASE }));
  return outcome([...toFirst, ...toSecond], killed, survivor, stored);
}

/** A server whose handlers hang after the first few. */
function startHanging(env: Environment): Promise<ExampleServer> {
  return ExampleServer.start('demo', { ...env, HANDLES: String(HANDLED) });
}

function untilHanging(server: ExampleServer): Promise<void> {
  return server.until(({ begun, events }) => events.length >= HANDLED && begun.length > events.length);
}

/** A callback that was sent, by the id of its event. */
interface Answer {
  readonly id: string;
  readonly status: number;
}

async function sendAll({ origin }: ExampleServer, samples: readonly Sample[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const sample of samples) answers.push({ id: await eventIdOf(sample), status: await send(origin, sample) });
  return answers;
}

/** Waits until the other server has handled what is left. */
async function outcome(
  answers: readonly Answer[],
  killed: ExampleServer,
  other: ExampleServer,
  stored: ReadonlySet<string>,
): Promise<Crash> {
  const acknowledged = new Set(answers.filter(({ status }) => status === 200).map(({ id }) => id));
  const handled = (): ReadonlySet<string> => idsOf([...killed.events, ...other.events]);
  // An event that never comes is lost, and the caller reports it.
  await other.until(() => isSubset(acknowledged, handled())).catch(() => {});
  await other.stop('SIGTERM');
  const before = idsOf(killed.events);
  return {
    sent: idsOf(answers),
    acknowledged,
    stored,
    interrupted: new Set(killed.begun.filter((id) => !before.has(id))),
    before: killed.events,
    after: other.events,
    lost: [...acknowledged].filter((id) => !stored.has(id) || !handled().has(id)),
  };
}

/** The ids of all events in an inbox. */
async function storedIn(inbox: Inbox): Promise<ReadonlySet<string>> {
  const { rows } = await inbox.listCalls({ limit: 1000 });
  const calls = await Promise.all(rows.map(({ provider, callId }) => inbox.getCall(provider, callId)));
  await inbox.close();
  return idsOf(calls.flatMap((call) => call?.events ?? []));
}

function idsOf(events: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(events.map(({ id }) => id));
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((id) => whole.has(id));
}
