import { sqliteInbox } from '@call-status/inbox-sqlite';
import { ExampleServer, type PrintedEvent } from './example-server.ts';
import { eventIdOf, genuine, send } from './requests.ts';

/** Handlers that are done when the server is killed. */
const HANDLED = 5;

/** What became of the events of a server that was killed in the middle of its work. The sets are of event ids. */
export interface Crash {
  /** Of the callbacks that were sent. */
  readonly sent: ReadonlySet<string>;
  /** Answered with 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** In the file of the inbox when the server was dead. */
  readonly stored: ReadonlySet<string>;
  /** In the middle of a handler when the server was killed. */
  readonly interrupted: ReadonlySet<string>;
  /** By the server that was killed. */
  readonly before: readonly PrintedEvent[];
  /** By the one that was started in its place. */
  readonly after: readonly PrintedEvent[];
  /** Acknowledged, but not stored or not handled. */
  readonly lost: readonly string[];
}

/** Kills a server that has handled some events, is in the middle of others, and has more that wait; and starts it again. */
export async function crash(env: Readonly<Record<string, string>> & { readonly INBOX: string }): Promise<Crash> {
  const killed = await ExampleServer.start('demo', { ...env, HANDLES: String(HANDLED) });
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  for (const callback of genuine) {
    const id = await eventIdOf(callback);
    sent.add(id);
    if ((await send(killed.origin, callback)) === 200) acknowledged.add(id);
  }
  await killed.until(({ begun, events }) => events.length >= HANDLED && begun.length > events.length);
  await killed.stop('SIGKILL');
  const stored = await storedIn(env.INBOX);

  const restarted = await ExampleServer.start('demo', env);
  const handled = (): ReadonlySet<string> => idsOf([...killed.events, ...restarted.events]);
  // What does not come is lost, and the caller says so.
  await restarted.until(() => isSubset(acknowledged, handled())).catch(() => {});
  await restarted.stop('SIGTERM');
  const before = idsOf(killed.events);
  return {
    sent,
    acknowledged,
    stored,
    interrupted: new Set(killed.begun.filter((id) => !before.has(id))),
    before: killed.events,
    after: restarted.events,
    lost: [...acknowledged].filter((id) => !stored.has(id) || !handled().has(id)),
  };
}

/** The ids of all events in the file. */
async function storedIn(path: string): Promise<ReadonlySet<string>> {
  const inbox = sqliteInbox({ path });
  const { rows } = await inbox.listCalls();
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
