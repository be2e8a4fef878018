import { CallStatusError } from '@call-status/core';
import type { ClientBase, ClientConfig } from 'pg';
import { toInboxError } from './errors.ts';
import { nameOfConfig } from './server-errors.ts';

/** The oldest supported version, as the server reports it. */
const OLDEST = 130_000;

/** The servers of a list, one of which accepts writes. All connections of an inbox share it, so that they find the same one. */
export class Servers {
  readonly #configs: readonly ClientConfig[];
  /** Where the last search succeeded, and the next one begins. */
  #at = 0;
  #isFound = false;

  constructor(configs: readonly ClientConfig[]) {
    this.#configs = configs;
  }

  /** The one that was found, for errors. */
  get found(): string | undefined {
    return this.#isFound ? nameOfConfig(this.#configs[this.#at] as ClientConfig) : undefined;
  }

  /**
   * Opens a connection to the first server that can be written.
   *
   * @param open rejects for a server that cannot: see {@link requireWritable}
   */
  async open<T>(open: (config: ClientConfig) => Promise<T>): Promise<T> {
    const failures: CallStatusError[] = [];
    const first = this.#at;
    for (let n = 0; n < this.#configs.length; n++) {
      const at = (first + n) % this.#configs.length;
      const config = this.#configs[at] as ClientConfig;
      try {
        const opened = await open(config);
        this.#at = at;
        this.#isFound = true;
        return opened;
      } catch (error) {
        failures.push(toInboxError(error));
      }
    }
    throw failed(failures);
  }
}

function failed(failures: readonly CallStatusError[]): CallStatusError {
  const error = failures[0] as CallStatusError;
  if (failures.length === 1) return error;
  const reasons = failures.map(({ details: { server, reason } }) =>
    server === undefined ? reason : `${server}: ${reason}`,
  );
  const code = failures.every(({ code }) => code === error.code) ? error.code : 'inbox_unavailable';
  return new CallStatusError(
    code,
    { reason: `No server of the list can be used. ${reasons.join(' ')}` },
    { cause: error.cause },
  );
}

/**
 * Makes sure that a connection leads to a server that can be used: it accepts writes, is new enough, and stores every text.
 *
 * @throws CallStatusError `inbox_unwritable`, `inbox_unsupported`; also errors of the connection
 */
export async function requireWritable(client: ClientBase): Promise<void> {
  const { rows } = await client.query(`
    SELECT pg_is_in_recovery() AS standby, current_setting('server_version_num')::integer AS version,
      current_setting('server_version') AS release, current_setting('server_encoding') AS encoding`);
  const { standby, version, release, encoding } = rows[0];
  if (standby) {
    throw new CallStatusError('inbox_unwritable', {
      reason: 'The server is a standby.',
      hint: 'Use the URL of the primary server, or list all servers in `hosts`.',
    });
  }
  if (version < OLDEST) {
    throw new CallStatusError('inbox_unsupported', {
      reason: `The server has PostgreSQL ${release}.`,
      hint: 'Use PostgreSQL 13 or later.',
    });
  }
  if (encoding !== 'UTF8') {
    throw new CallStatusError('inbox_unsupported', {
      reason: `The database has the encoding ${encoding}, which cannot store every text.`,
      hint: "Create a database with ENCODING 'UTF8' TEMPLATE template0.",
    });
  }
}
