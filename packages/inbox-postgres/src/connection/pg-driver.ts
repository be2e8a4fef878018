import type { ClientConfig, QueryConfig } from 'pg';
import type { ResolvedOptions } from '../options.ts';
import { configsOf, listenConfigOf } from './config.ts';
import { connect } from './connect.ts';
import { StatementNames } from './named-statements.ts';
import { ReadPool } from './read-pool.ts';
import { fromServer, type TimeLimits } from './server-errors.ts';
import { Servers } from './servers.ts';
import type { Driver, Session } from './session.ts';
import { TYPES } from './types.ts';

/** The way to the database over `pg`. */
export function pgDriver(options: ResolvedOptions): Driver {
  const servers = new Servers(configsOf(options));
  const listenConfig = listenConfigOf(options);
  const pool = new ReadPool(servers, options);
  const names = new StatementNames(options.preparedStatements);
  return {
    get server() {
      return servers.found;
    },
    connect: ({ queryTimeoutMs = options.queryTimeoutMs } = {}) =>
      servers.open((config) =>
        openSession({ ...config, query_timeout: queryTimeoutMs }, { ...options, queryTimeoutMs }, names),
      ),
    query: pool.query,
    transaction: (run, settings) => pool.transaction(run, settings),
    async listen(channel, { onNotify, onLost }) {
      const connection = await (listenConfig === undefined
        ? servers.open((config) => connect(config, options))
        : connect(listenConfig, options));
      let isEnded = false;
      connection.client.on('notification', ({ payload = '' }) => onNotify(payload));
      connection.client.on('end', () => {
        if (!isEnded) onLost();
      });
      const stop = async () => {
        isEnded = true;
        await connection.end();
      };
      try {
        await connection.client.query(`LISTEN "${channel}"`);
      } catch (error) {
        await stop();
        throw error;
      }
      return stop;
    },
    end: () => pool.end(),
    onWarning(listener) {
      names.onWarning = listener;
    },
  };
}

async function openSession(config: ClientConfig, limits: TimeLimits, names: StatementNames): Promise<Session> {
  const connection = await connect({ ...config, pipeline: true }, limits);
  const { client, server } = connection;
  /** In a transaction that has failed, every statement fails until its end. Those of names that it did not get to make fail with 26000, too. */
  let isAfterFailure = false;
  return {
    get isBroken() {
      return connection.isBroken;
    },
    async query(text, values) {
      const name = values === undefined ? undefined : names.of(text);
      const query = { text, values: values as unknown[], types: TYPES, ...(name !== undefined && { name }) };
      connection.gather();
      try {
        const { rows } = await client.query(query);
        isAfterFailure = false;
        return rows;
      } catch (error) {
        if (name !== undefined && !isAfterFailure) names.failed(error);
        isAfterFailure = true;
        throw fromServer(error, server, limits);
      }
    },
    async raw(text, values) {
      try {
        // The extended protocol takes one statement, so nothing can follow one that looks harmless.
        return await client.query({ text, values: values as unknown[], queryMode: 'extended' } as QueryConfig);
      } catch (error) {
        throw fromServer(error, server, limits);
      }
    },
    end: () => connection.end(),
  };
}
