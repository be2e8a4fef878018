import type { CallSummary, Inbox } from '@call-status/core';
import { rowsOf, type Watch } from '@call-status/core/inbox';
import { notFound, wrongUsage } from '../cli-error.ts';
import type { Output } from '../output/output.ts';
import { type Column, table } from '../output/table.ts';
import { callColumns } from './call-columns.ts';
import type { Privacy } from './privacy.ts';

/** A shorter beginning is no search of an inbox. */
const SHORTEST = 3;

/** How many calls are shown if there are several. */
const SHOWN = 10;

/** Which call is meant. */
export interface CallChoice {
  /** Its id, or the beginning of it. */
  readonly call: string;
  readonly provider?: string | undefined;
  readonly tenant?: string | undefined;
}

/**
 * Finds a call by its id, or by the beginning of it if no other call has the same.
 *
 * @returns `undefined` if there is none
 * @throws CliError wrong_usage if there are several, which are listed, or for a text that is too short
 */
export async function findCall(
  inbox: Inbox,
  choice: CallChoice,
  privacy: Privacy,
  output: Output,
): Promise<CallSummary | undefined> {
  const { exact, others } = await matchesIn(callsOf(inbox, choice), choice);
  return onlyOne(exact.length > 0 ? exact : others, choice, privacy, output);
}

/**
 * The same, also among the calls that are only expected so far: no event of them was recorded.
 *
 * @throws CliError wrong_usage
 */
export async function findCallOrWatch(
  inbox: Inbox,
  choice: CallChoice,
  privacy: Privacy,
  output: Output,
): Promise<CallSummary | Watch | undefined> {
  const calls = await matchesIn(callsOf(inbox, choice), choice);
  if (calls.exact.length > 0) return onlyOne(calls.exact, choice, privacy, output);
  const query = { state: 'expected', ...ofProvider(choice) } as const;
  const expected = await matchesIn(
    rowsOf((page) => inbox.watches.list({ ...query, ...page })),
    choice,
  );
  const found = expected.exact.length > 0 ? expected.exact : [...calls.others, ...expected.others];
  return onlyOne(found, choice, privacy, output);
}

/** Whether it is a call without an event. */
export function isWatch(one: CallSummary | Watch): one is Watch {
  return 'dueAt' in one;
}

function onlyOne<Item extends CallSummary | Watch>(
  found: readonly Item[],
  { call }: CallChoice,
  privacy: Privacy,
  output: Output,
): Item | undefined {
  if (found.length < 2) return found[0];
  output.note(table(found.slice(0, SHOWN), whole(privacy, output), output));
  throw wrongUsage(
    `${found.length > SHOWN ? `More than ${SHOWN}` : found.length} calls begin with "${call}".`,
    'Write more of the id. If it is the same of several providers or tenants, inbox show has --provider and --tenant, and replay takes the id of an event.',
  );
}

/** The error for a call that does not exist. */
export function unknownCall({ call, provider }: CallChoice): Error {
  const whose = provider === undefined ? '' : ` of ${provider}`;
  return notFound(`There is no call${whose} whose id begins with "${call}".`, 'call-status inbox ls lists calls.');
}

function callsOf(inbox: Inbox, choice: CallChoice): AsyncIterable<CallSummary> {
  if (choice.call.length < SHORTEST)
    throw wrongUsage(`"${choice.call}" is too short.`, `Write at least ${SHORTEST} characters of the id.`);
  const query = { search: choice.call, ...ofProvider(choice) };
  return rowsOf((page) => inbox.listCalls({ ...query, ...page }));
}

function ofProvider({ provider }: CallChoice): { readonly provider?: string } {
  return provider === undefined ? {} : { provider };
}

/** Calls whose id is the text, and some that begin with it. */
async function matchesIn<Item extends CallSummary | Watch>(
  all: AsyncIterable<Item>,
  { call, tenant }: CallChoice,
): Promise<{ readonly exact: readonly Item[]; readonly others: readonly Item[] }> {
  const exact: Item[] = [];
  const others: Item[] = [];
  for await (const one of all) {
    if (tenant !== undefined && one.tenant !== tenant) continue;
    if (one.callId === call) exact.push(one);
    // The text may also be the beginning of a number. All ids are looked at, since one may be the text itself.
    else if (one.callId.startsWith(call) && others.length <= SHOWN) others.push(one);
  }
  return { exact, others };
}

/** The columns of a list of calls, with whole ids. */
function whole(privacy: Privacy, output: Output): Column<CallSummary | Watch>[] {
  const ofWatch: Readonly<Record<string, (watch: Watch) => string>> = {
    STATUS: () => 'expected',
    PROVIDER: ({ provider }) => provider,
  };
  return callColumns(privacy, output).map(({ title, text, style, ...column }) => ({
    ...column,
    title,
    text: (one) => {
      if (title === 'CALL') return privacy.id(one.callId);
      return isWatch(one) ? (ofWatch[title]?.(one) ?? '') : text(one);
    },
    style: (one) => (isWatch(one) ? undefined : style?.(one)),
  }));
}
