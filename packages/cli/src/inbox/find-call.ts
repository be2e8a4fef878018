import type { CallSummary, Inbox } from '@call-status/core';
import { rowsOf } from '@call-status/core/inbox';
import { notFound, wrongUsage } from '../cli-error.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
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
  const found = await candidatesOf(inbox, choice);
  const [call, ...others] = found;
  if (call === undefined || others.length === 0) return call;
  output.note(table(found.slice(0, SHOWN), whole(privacy, output), output));
  throw wrongUsage(
    `${found.length > SHOWN ? `More than ${SHOWN}` : found.length} calls begin with "${choice.call}".`,
    'Write more of the id. If it is the same of several providers or tenants, inbox show has --provider and --tenant, and replay takes the id of an event.',
  );
}

/** The error for a call that does not exist. */
export function unknownCall({ call, provider }: CallChoice): Error {
  const whose = provider === undefined ? '' : ` of ${provider}`;
  return notFound(`There is no call${whose} whose id begins with "${call}".`, 'call-status inbox ls lists calls.');
}

/** A call whose id is the text, or else those that begin with it. */
async function candidatesOf(inbox: Inbox, { call, provider, tenant }: CallChoice): Promise<CallSummary[]> {
  if (call.length < SHORTEST)
    throw wrongUsage(`"${call}" is too short.`, `Write at least ${SHORTEST} characters of the id.`);
  const exact: CallSummary[] = [];
  const others: CallSummary[] = [];
  const query = { search: call, ...(provider !== undefined && { provider }) };
  for await (const summary of rowsOf((page) => inbox.listCalls({ ...query, ...page }))) {
    if (tenant !== undefined && summary.tenant !== tenant) continue;
    if (summary.callId === call) exact.push(summary);
    // The text may also be the beginning of a number. All ids are looked at, since one may be the text itself.
    else if (summary.callId.startsWith(call) && others.length <= SHOWN) others.push(summary);
  }
  return exact.length > 0 ? exact : others;
}

/** The columns of a list of calls, with whole ids. */
function whole(privacy: Privacy, output: Output) {
  return callColumns(privacy, output).map((column) =>
    column.title === 'CALL' ? { ...column, text: ({ callId }: CallSummary) => privacy.id(callId) } : column,
  );
}
