import type { AnyCallStatusEvent, Inbox } from '@call-status/core';
import { notFound } from '../cli-error.ts';
import { findCall } from '../inbox/find-call.ts';
import type { Privacy } from '../inbox/privacy.ts';
import type { Output } from '../output/output.ts';

const PAGE = 1000;

/**
 * The event with an id, or all events of a call in the order in which they arrived.
 *
 * @param what the id of an event, or of a call, or the first characters of one
 * @param wholeCall whether the id of an event means all events of its call
 * @throws CliError not_found; wrong_usage if several calls begin so, which are listed
 */
export async function findEvents(
  inbox: Inbox,
  what: string,
  wholeCall: boolean,
  privacy: Privacy,
  output: Output,
): Promise<readonly AnyCallStatusEvent[]> {
  const event = await findEvent(inbox, what);
  if (event !== undefined && !wholeCall) return [event];
  const { provider, callId, tenant } =
    event ?? (await findCall(inbox, { call: what }, privacy, output)) ?? unknown(what);
  const call = await inbox.getCall(provider, callId, tenant);
  if (call === undefined) throw notFound(`The call of ${what} is gone.`);
  return call.events.toSorted((one, other) => one.receivedAt.localeCompare(other.receivedAt));
}

function unknown(what: string): never {
  throw notFound(`There is no event or call "${what}".`, 'call-status inbox ls lists calls.');
}

/** `provider:call:key`, or `provider@tenant:call:key`. */
const EVENT_ID = /^([^:@]+)(?:@([^:]*))?:([^:]*)(:?)/;

async function findEvent(inbox: Inbox, eventId: string): Promise<AnyCallStatusEvent | undefined> {
  const [, provider, tenant, callId = '', hasKey] = EVENT_ID.exec(eventId) ?? [];
  if (provider === undefined) return undefined;
  // Some ids have a hash of the call id, which may contain a phone number.
  const isHashed = hasKey === '' || [tenant, callId].some((part) => part?.startsWith('sha256-'));
  if (isHashed) return searchFeed(inbox, provider, eventId);
  const call = await inbox.getCall(provider, unescaped(callId), tenant === undefined ? undefined : unescaped(tenant));
  return call?.events.find(({ id }) => id === eventId);
}

function unescaped(part: string): string {
  return part.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

async function searchFeed(inbox: Inbox, provider: string, eventId: string): Promise<AnyCallStatusEvent | undefined> {
  let after: string | undefined;
  for (;;) {
    const { rows, next } = await inbox.events({ provider, limit: PAGE, ...(after !== undefined && { after }) });
    const row = rows.find(({ event }) => event.id === eventId);
    // A page of one provider may have no rows, and still not be the last.
    if (row !== undefined || next === after) return row?.event;
    after = next;
  }
}
