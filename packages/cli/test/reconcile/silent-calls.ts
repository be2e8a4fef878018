// An inbox with calls that are silent, and what their providers know about them.
import type { Inbox } from '@call-status/core';
import { exotelCall, signalwireCall } from '../../../core/test/api-records.ts';
import { anEvent, INBOXES, type Opened } from '../inbox/inboxes.ts';

export const CALL = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const OTHER = '7c9e6679-7425-40de-944b-e07fc1f90ae8';
export const SID = '80bfbec2d78bbbf10fb851f4fa165211';
export const HOUR = 3_600_000;

/** The arguments of the command for an inbox. */
export function on({ args: [place = '', ...schema] }: Opened, ...rest: string[]): string[] {
  return ['reconcile', place, ...rest, ...schema];
}

/** The lines of `--json`. */
export function rowsOf(stdout: string): readonly Readonly<Record<string, string | number | undefined>>[] {
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Records a live call that has been silent for so long. */
export async function silent(inbox: Inbox, callId: string, provider = 'signalwire', hours = 2): Promise<void> {
  const receivedAt = new Date(Date.now() - hours * HOUR).toISOString();
  await inbox.record(anEvent(callId, 'in-progress', { provider, id: `${provider}:${callId}:1`, receivedAt }));
}

/** An inbox with a call of SignalWire and an older one of Exotel that are silent, and one that has just begun. */
export async function filled(open: () => Promise<Opened>): Promise<Opened> {
  const opened = await open();
  await silent(opened.inbox, CALL);
  await silent(opened.inbox, SID, 'exotel', 30);
  await opened.inbox.record(anEvent(OTHER, 'ringing'));
  return opened;
}

export const [, openFile] = INBOXES[0] as (typeof INBOXES)[number];
/** What the APIs know: how both calls ended. */
export const RECORDS = new Map([
  [CALL, signalwireCall()],
  [SID, exotelCall()],
]);
