import type { Inbox } from '@call-status/core';
import type { NewWatch, Watch, Watches, WatchProgress } from '@call-status/core/inbox';
import { readAll } from '../bench/read-all.ts';

/** How long the lease of a leader is in these tests. */
export const LEAD_MS = 180_000;

export const NO_PROGRESS: WatchProgress = { asked: 0, told: [], failures: 0 };

/** A live call that is silent. */
export function silent(callId: string, dueInMs = 0, more: Partial<NewWatch> = {}): NewWatch {
  return { provider: 'acme', callId, dueInMs, ...more };
}

/** A call that the application expects. */
export function expected(callId: string, dueInMs = 0, more: Partial<NewWatch> = {}): NewWatch {
  return silent(callId, dueInMs, { expected: {}, ...more });
}

/** The watch of a call of these tests, which must exist. */
export async function watchOf(inbox: Inbox, callId: string, tenant?: string): Promise<Watch> {
  const watch = await inbox.watches.get({ provider: 'acme', callId, ...(tenant !== undefined && { tenant }) });
  if (watch === undefined) throw new Error(`${callId} is not watched.`);
  return watch;
}

/** The ids of all watched calls that match, newest first. */
export async function listed(inbox: Inbox, query: Parameters<Watches['list']>[0] = {}): Promise<string[]> {
  const rows = await readAll((page) => inbox.watches.list({ ...query, ...page }));
  return rows.map(({ callId }) => callId);
}

/** The ids of the calls that are due, in the order in which they are given. */
export async function due(inbox: Inbox, limit = 100): Promise<string[]> {
  return (await inbox.watches.due({ limit })).rows.map(({ callId }) => callId);
}
