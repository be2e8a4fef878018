import { randomBytes } from 'node:crypto';
import type { MakeInbox } from '@call-status/testing';
import { pgDriver } from '../src/connection/pg-driver.ts';
import type { Driver } from '../src/connection/session.ts';
import { type PostgresInboxOptions, resolveOptions } from '../src/options.ts';
import { PostgresInbox } from '../src/postgres-inbox.ts';
import { queryAt } from './servers/postgres.ts';

/** The retention of the contract's inboxes. */
const RETENTION_MS = 3_600_000;

/** The name of a schema that no other test uses. */
export function aSchema(): string {
  return `t_${randomBytes(8).toString('hex')}`;
}

/** Where the contract's inboxes are, if not at a server over `pg`. */
export interface Place {
  readonly driver: (schema: string) => Driver;
  readonly query: (text: string) => Promise<readonly Record<string, unknown>[]>;
}

/** Makes inboxes for the contract, each in a schema of its own. */
export function inboxesAt(options: PostgresInboxOptions, place?: Place): MakeInbox {
  const query = place?.query ?? ((text: string) => queryAt(options.url as string, text));
  return async ({ clock, advance }) => {
    const schema = aSchema();
    const resolved = resolveOptions({ ...options, schema, clock, retentionMs: RETENTION_MS, sweepMs: 5 });
    const opened: PostgresInbox[] = [];
    let mono = 1_000_000;
    const open = (): PostgresInbox => {
      const inbox = new PostgresInbox(resolved, place?.driver(schema) ?? pgDriver(resolved), () => mono);
      opened.push(inbox);
      // As a service does; the first use waits for it.
      inbox.ready({ create: true }).catch(() => {});
      return inbox;
    };
    const inbox = open();
    const table = `"${schema}".effects`;
    let created: Promise<unknown> | undefined;
    const createTable = () => (created ??= query(`CREATE TABLE ${table} (text text)`));
    return {
      inbox,
      storeClock: true,
      async reopen() {
        await inbox.close();
        return open();
      },
      second: async () => open(),
      retention: {
        retentionMs: RETENTION_MS,
        elapse(ms) {
          advance(ms);
          mono += ms;
        },
      },
      table: {
        async insert(transaction, text) {
          await createTable();
          return transaction.query(`INSERT INTO ${table} VALUES ($1)`, [text]);
        },
        async rows() {
          await createTable();
          const rows = await query(`SELECT text FROM ${table}`);
          return rows.map(({ text }) => String(text));
        },
      },
      async cleanup() {
        await Promise.all(opened.map((each) => each.close()));
        await query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
      },
    };
  };
}
