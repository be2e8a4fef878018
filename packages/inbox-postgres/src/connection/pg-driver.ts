import pg from 'pg';
import type { ResolvedOptions } from '../options.ts';
import { BEGIN, type Driver, type Session } from './session.ts';

const INT8 = 20;

/** int8 arrives as text; the numbers here are far below 2^53. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** The database over `pg`. */
export function pgDriver({
  url,
  connectTimeoutMs,
  queryTimeoutMs,
  readConnections,
  ...options
}: ResolvedOptions): Driver {
  const config: pg.ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...config, types: TYPES, max: readConnections });
  // Without a listener, an idle connection that dies would end the process.
  pool.on('error', () => {});
  const names = new Map<string, string>();
  return {
    async connect(): Promise<Session> {
      const client = new pg.Client({ ...config, pipeline: true });
      let isBroken = false;
      const lost = () => {
        isBroken = true;
      };
      client.on('error', lost);
      client.on('end', lost);
      await client.connect();
      return {
        get isBroken() {
          return isBroken;
        },
        query: async (text, values) => {
          const name = options.preparedStatements && values !== undefined ? nameOf(names, text) : undefined;
          return (await client.query({ ...(name && { name }), text, values: values as unknown[], types: TYPES })).rows;
        },
        raw: (text, values) => client.query(text, values as unknown[]),
        end: () => client.end().catch(() => {}),
      };
    },
    query: async (text, values) => (await pool.query(text, values as unknown[])).rows,
    async transaction(run) {
      const client = await pool.connect();
      try {
        await client.query(BEGIN);
        const result = await run(async (text, values) => (await client.query(text, values as unknown[])).rows);
        await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        await client.query('ROLLBACK').then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    },
    async listen(channel, { onNotify, onLost }) {
      const client = new pg.Client({ ...config, query_timeout: 0 });
      let isEnded = false;
      client.on('error', () => {});
      client.on('end', () => {
        if (!isEnded) onLost();
      });
      client.on('notification', onNotify);
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      return async () => {
        isEnded = true;
        await client.end();
      };
    },
    end: () => pool.end(),
  };
}

function nameOf(names: Map<string, string>, text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `call_status_${names.size}`;
  names.set(text, name);
  return name;
}
