import { sqliteInbox } from '@call-status/inbox-sqlite';
import { ExampleServer, type PrintedEvent } from './example-server.ts';
import { eventIdOf, genuine, send } from './requests.ts';

/** How many handlers have finished when the server is killed. */
const HANDLED = 5;

/** What happened to the events of a server that was killed in the middle of its work. The sets hold event ids. */
export interface Crash {
  /** All callbacks that were sent. */
  readonly sent: ReadonlySet<string>;
  /** Answered with 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** In the inbox file after the kill. */
  readonly stored: ReadonlySet<string>;
  /** In the middle of a handler when the server was killed. */
  readonly interrupted: ReadonlySet<string>;
  /** Handled by the server that was killed. */
  readonly before: readonly PrintedEvent[];
  /** Handled by the server that replaced it. */
  readonly after: readonly PrintedEvent[];
  /** Acknowledged, but not stored or not handled. */
  readonly lost: readonly string[];
}

/** Kills a server while some events are handled, some are in a handler and some are waiting. Then starts it again. */
export async function crash(env: Readonly<Record<string, string>> & { readonly INBOX: string }): Promise<Crash> {
  const killed = await ExampleServer.start('demo', { ...env, HANDLES: String(HANDLED) });
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  for (const sample of genuine) {
    const id = await eventIdOf(sample);
    sent.add(id);
    if ((await send(killed.origin, sample)) === 200) acknowledged.add(id);
  }
  await killed.until(({ begun, events }) => events.length >= HANDLED && begun.length > events.length);
  await killed.stop('SIGKILL');
  const stored = await storedIn(env.INBOX);

  const restarted = await ExampleServer.start('demo', env);
  const handled = (): ReadonlySet<string> => idsOf([...killed.events, ...restarted.events]);
  // An event that never comes is lost, and the caller reports it.
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
