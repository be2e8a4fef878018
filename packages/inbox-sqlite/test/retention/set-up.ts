import type { Inbox } from '@call-status/core';
import { loadEngine } from '../../src/database/engine.ts';
import { pragma } from '../../src/database/open.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

export const MINUTE: number = 60_000;
export const HOUR: number = 60 * MINUTE;
export const DAY: number = 24 * HOUR;
export const START: number = Date.UTC(2026, 0, 1);

/** A file, the clocks of its host, and ways to inspect it. */
export function setUp() {
  const path = temporaryFile();
  const clocks = { wall: START, mono: 1_000_000 };
  const open = (options: { retentionMs?: number; worker?: boolean; create?: boolean } = {}) => {
    const { worker = true, ...more } = options;
    const inbox = openInbox({ path, sweepMs: 5, clock: () => clocks.wall, ...more }, { mono: () => clocks.mono });
    const warnings: string[] = [];
    void inbox.ready({ create: more.create ?? true, onWarning: ({ code }) => void warnings.push(code) });
    const stop = worker ? inbox.onJobs(() => {}) : () => {};
    return { inbox, warnings, stop };
  };
  const count = (table: string) => {
    const db = new (loadEngine())(path);
    const rows = pragma(db, `SELECT count(*) FROM ${table}`);
    db.close();
    return rows;
  };
  return {
    path,
    clocks,
    open,
    count,
    event: (callId: string, status: Parameters<typeof anEvent>[1], id?: string) =>
      anEvent(callId, status, { receivedAt: new Date(clocks.wall).toISOString(), ...(id !== undefined && { id }) }),
    /** Advances all clocks. */
    pass: (ms: number) => {
      clocks.wall += ms;
      clocks.mono += ms;
    },
  };
}

/** Waits for enough sweeps to show that nothing is removed. */
export async function someSweeps(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}

/** Records ended calls, and handles their events. */
export async function recordEnded(inbox: Inbox, event: ReturnType<typeof setUp>['event'], calls = 20): Promise<void> {
  for (let at = 0; at < calls; at++) await inbox.record(event(`ended${at}`, 'completed'));
  await handleAll(inbox);
}
