import type { Inbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { resolveOptions } from '../../src/options.ts';
import { PostgresInbox } from '../../src/postgres-inbox.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema } from '../servers/test-server.ts';

export const HOUR: number = 3_600_000;
export const DAY: number = 24 * HOUR;

/** A schema, the clocks of its database and of its hosts, and ways to look into it. */
export function setUp(url: string) {
  const schema = freshSchema(url);
  const clocks = { wall: Date.UTC(2026, 0, 1), mono: 1_000_000 };
  const open = async (options: { retentionMs?: number; worker?: boolean; create?: boolean } = {}) => {
    const { worker = true, create = true, ...more } = options;
    const resolved = resolveOptions({ url, schema, clock: () => clocks.wall, sweepMs: 5, ...more });
    const inbox = new PostgresInbox(resolved, pgDriver(resolved), () => clocks.mono);
    onTestFinished(() => inbox.close());
    const warnings: { readonly code: string; readonly details: unknown }[] = [];
    await inbox.ready({ create, onWarning: (warning) => void warnings.push(warning) });
    const stop = worker ? inbox.onJobs(() => {}) : () => {};
    return { inbox, stop, warnings, codes: () => warnings.map(({ code }) => code) };
  };
  return {
    schema,
    clocks,
    open,
    count: async (table: string): Promise<number> => {
      const [row] = await queryAt(url, `SELECT count(*)::int AS count FROM ${schema}.${table}`);
      return Number(row?.['count']);
    },
    event: (callId: string, status: NewEvent['status'], id = `acme:${callId}:${status}`): NewEvent =>
      ({
        provider: 'acme',
        id,
        callId,
        status,
        rawStatus: status,
        terminal: status === 'completed',
        receivedAt: new Date(clocks.wall).toISOString(),
        source: 'callback',
        trust: 'none',
        raw: {},
      }) satisfies NewEvent,
    /** Advances all clocks. */
    pass(ms: number) {
      clocks.wall += ms;
      clocks.mono += ms;
    },
  };
}

/** Takes and finishes all that is due. */
export async function handleAll(inbox: Inbox): Promise<void> {
  for (;;) {
    const { jobs } = await inbox.take({ limit: 100, leaseMs: HOUR, owner: 'test' });
    if (jobs.length === 0) return;
    await Promise.all(jobs.map(({ lease }) => inbox.finish(lease)));
  }
}

/** Waits for enough sweeps to show that nothing is removed. */
export async function someSweeps(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 150));
}
