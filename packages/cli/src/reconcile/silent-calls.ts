import type { CallStatus, Inbox } from '@call-status/core';
import { rowsOf, type WatchedCall } from '@call-status/core/inbox';

/** What is kept of a silent call until all are found: there may be a million. */
export interface SilentCall extends WatchedCall {
  readonly status: CallStatus;
  readonly lastEventAt: string;
}

/** Which calls. */
export interface SilentQuery {
  readonly silentForMs: number;
  readonly provider: string | undefined;
  /** The beginning of an id. */
  readonly call: string | undefined;
}

/** Live calls that are silent, the one that has been silent longest first. */
export async function silentCalls(
  inbox: Pick<Inbox, 'listCalls'>,
  { silentForMs, provider, call }: SilentQuery,
): Promise<readonly SilentCall[]> {
  const query = {
    state: 'live',
    silentForMs,
    ...(provider !== undefined && { provider }),
    ...(call !== undefined && { search: call }),
  } as const;
  const found: SilentCall[] = [];
  for await (const row of rowsOf((page) => inbox.listCalls({ ...query, ...page }))) {
    // A search finds numbers, too.
    if (call !== undefined && !row.callId.startsWith(call)) continue;
    const { tenant, callId, status, lastEventAt } = row;
    found.push({ provider: row.provider, ...(tenant !== undefined && { tenant }), callId, status, lastEventAt });
  }
  return found.sort((one, other) => Date.parse(one.lastEventAt) - Date.parse(other.lastEventAt));
}
