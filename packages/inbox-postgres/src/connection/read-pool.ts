import pg from 'pg';
import type { ResolvedOptions } from '../options.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import { fromServer, nameOf, nameOfConfig, spanOf } from './server-errors.ts';
import { requireWritable, type Servers } from './servers.ts';
import { BEGIN_READING, BEGIN_SHORT, limitSql, lockMsOf, type Query } from './session.ts';
import { TYPES } from './types.ts';

/** Connections for reading: those of the application's pool, or a few to the server that can be written. */
export class ReadPool {
  readonly #servers: Servers;
  readonly #options: ResolvedOptions;
  readonly #pools = new Map<pg.ClientConfig, pg.Pool>();

  constructor(servers: Servers, options: ResolvedOptions) {
    this.#servers = servers;
    this.#options = options;
    options.pool?.on('error', ignore);
  }

  /** Runs a statement. */
  query: Query = (text, values) =>
    this.#options.readOnly
      ? this.transaction((query) => query(text, values))
      : this.#use((query) => query(text, values));

  /** Runs statements in a transaction. */
  transaction<T>(run: (query: Query) => Promise<T>, settings = ''): Promise<T> {
    const { readOnly, queryTimeoutMs } = this.#options;
    return this.#use(async (query) => {
      const begin = readOnly ? BEGIN_READING : BEGIN_SHORT;
      const limits = `SET LOCAL lock_timeout = ${lockMsOf(queryTimeoutMs)}; ${limitSql(queryTimeoutMs)}`;
      await query(`${begin}; ${limits}; ${settings}`);
      const result = await run(query);
      await query('COMMIT');
      return result;
    });
  }

  /** Ends its own connections. */
  async end(): Promise<void> {
    this.#options.pool?.off('error', ignore);
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }

  async #use<T>(run: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#servers.open((config) => this.#connect(config));
    // The pool listens only while it has the connection.
    client.on('error', ignore);
    const { queryTimeoutMs } = this.#options;
    const server = nameOf(client);
    let failed = true;
    try {
      const result = await run(async (text, values) => {
        // The application's pool may have no limit of its own. `pg` has one for each query, but not in its types.
        const query = { text, values: values as unknown[], types: TYPES, query_timeout: queryTimeoutMs };
        try {
          return (await client.query(query)).rows;
        } catch (error) {
          throw fromServer(error, server, this.#options);
        }
      });
      failed = false;
      return result;
    } finally {
      client.off('error', ignore);
      // Closing the connection also ends its transaction, whatever state it is in.
      client.release(failed);
    }
  }

  /** A connection that comes too late goes back. */
  async #connect(config: pg.ClientConfig): Promise<pg.PoolClient & pg.Client> {
    const { connectTimeoutMs } = this.#options;
    const connecting = this.#poolOf(config).connect() as Promise<pg.PoolClient & pg.Client>;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        connecting.then((client) => client.release(), ignore);
        reject(new Error(`The pool gave no connection within ${spanOf(connectTimeoutMs)} (connectTimeoutMs).`));
      }, connectTimeoutMs);
    });
    try {
      return await Promise.race([connecting, late]);
    } catch (error) {
      throw fromServer(error, nameOfConfig(config), this.#options);
    } finally {
      clearTimeout(timer);
    }
  }

  #poolOf(config: pg.ClientConfig): pg.Pool {
    const known = this.#options.pool ?? this.#pools.get(config);
    if (known !== undefined) return known;
    const pool = new pg.Pool({
      ...config,
      max: this.#options.readConnections,
      // The pool waits for the promise, and passes its error on.
      onConnect: async (client) => {
        await requireWritable(client);
      },
    });
    // Without a listener, an idle connection that dies would end the process.
    pool.on('error', ignore);
    this.#pools.set(config, pool);
    return pool;
  }
}

function ignore(): void {}
