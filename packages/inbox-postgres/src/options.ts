import { CallStatusError } from '@call-status/core';
import { type Clock, checkOptions, type OptionRule, type OptionRules } from '@call-status/core/inbox';
import type { ClientConfig, Pool } from 'pg';
import { explainUrl, isUrl } from './url-rule.ts';

/** Where the database of {@link postgresInbox} is: exactly one of these. */
export type PostgresPlace =
  | {
      /** The database: `postgres://user:password@host:5432/database`. */
      readonly url: string;
      readonly hosts?: never;
      readonly pool?: never;
    }
  | {
      /** The servers of the database, if there are several; only one of them can be written. Their URLs, in the order in which to try them. */
      readonly hosts: readonly string[];
      readonly url?: never;
      readonly pool?: never;
    }
  | {
      /** An existing pool: reads use it, and other connections use its settings. It is not closed. */
      readonly pool: Pool;
      readonly url?: never;
      readonly hosts?: never;
    };

/** The options of {@link postgresInbox}. */
export type PostgresInboxOptions = PostgresPlace & PostgresSettings;

/** The options of {@link postgresInbox} besides the place of the database. */
export interface PostgresSettings {
  /**
   * The schema of the tables: lower-case letters, digits and `_`. Several inboxes may share a database if their schemas differ.
   * @default 'call_status'
   */
  readonly schema?: string;
  /** TLS, as for `pg`; for example `{ ca: readFileSync('ca.pem', 'utf8') }`. */
  readonly ssl?: ClientConfig['ssl'];
  /** A direct connection for LISTEN, if `url` leads to PgBouncer in transaction mode. */
  readonly listenUrl?: string;
  /**
   * Whether to LISTEN for events that other processes recorded. If `false`, they are found every `pollMs`.
   * @default true
   */
  readonly listen?: boolean;
  /**
   * Whether to name statements, so that the server keeps their plans. `false` for PgBouncer before 1.21 in transaction mode.
   * @default true
   */
  readonly preparedStatements?: boolean;
  /**
   * Whether a service creates the schema and brings it up to date. If `false`, its role needs no right to create tables.
   * @default true
   */
  readonly migrate?: boolean;
  /**
   * Whether the database is only read: every transaction is READ ONLY, tables are not brought up to date, and writes reject with
   * `inbox_unwritable`.
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * How long an ended call and its events stay after its last event, in milliseconds; `Infinity` to keep them forever. A live call stays
   * seven times as long. The ids of removed events stay known until seven days after that last event, so that a late redelivery is still a
   * duplicate. A service stores the setting in the database; without the option, the stored one applies.
   * @default the stored setting; 30 days in a new schema
   */
  readonly retentionMs?: number;
  /**
   * How often to check for events that another process recorded, in milliseconds.
   * @default 1000 while LISTEN works, else 250
   */
  readonly pollMs?: number;
  /**
   * How often to check for calls older than `retentionMs`, in milliseconds. Only a process with a worker does, and only one at a time.
   * @default 60000
   */
  readonly sweepMs?: number;
  /**
   * How long to wait for a connection, in milliseconds.
   * @default 2000
   */
  readonly connectTimeoutMs?: number;
  /**
   * How long to wait for the answer to a statement, in milliseconds. The default is shorter than the five seconds after which SignalWire
   * gives up on a callback.
   * @default 3500
   */
  readonly queryTimeoutMs?: number;
  /**
   * How many connections to use for reading. Transactions of handlers may use as many again. There is one more for writing, and one for LISTEN
   * in a process with a worker.
   * @default 4
   */
  readonly readConnections?: number;
  /**
   * The time, for tests.
   * @default the clock of the database
   */
  readonly clock?: Clock;
}

type Optional = 'ssl' | 'listenUrl' | 'retentionMs' | 'pollMs' | 'clock';

/** The options with their defaults. */
export interface ResolvedOptions extends Required<Omit<PostgresSettings, Optional>>, Pick<PostgresSettings, Optional> {
  readonly url?: string;
  readonly hosts?: readonly string[];
  readonly pool?: Pool;
}

/** The longest time: Node's timers treat a longer one as zero. */
const LONGEST_MS = 2_000_000_000;

const BOOLEAN: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };

const URL_RULE: OptionRule = {
  expected: 'a URL such as postgres://user:password@host:5432/database',
  fits: isUrl,
  isSecret: true,
  // An explicit `undefined` is usually an environment variable that is not set.
  refusesUndefined: true,
  explain: explainUrl,
  aliases: ['connectionString', 'uri', 'databaseUrl', 'connection', 'dsn', 'database'],
};

/** The names that a schema may have. */
export const SCHEMA_NAMES = 'lower-case letters, digits and _, at most 41, not beginning with a digit';

const OPTIONS: OptionRules<PostgresInboxOptions> = {
  url: URL_RULE,
  hosts: {
    expected: 'a list of URLs, at least one',
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isUrl),
    explain: (value) => (Array.isArray(value) ? value.map(explainUrl).find((issue) => issue !== undefined) : undefined),
    aliases: ['urls', 'servers'],
  },
  pool: {
    expected: 'a Pool of pg',
    fits: (value) => typeof Object(value)['connect'] === 'function' && typeof Object(value)['options'] === 'object',
  },
  schema: {
    expected: SCHEMA_NAMES,
    fits: isSchema,
    explain: (value) => {
      const lower = typeof value === 'string' && value.toLowerCase();
      return isSchema(lower) ? `expected lower-case letters, digits and _; did you mean '${lower}'?` : undefined;
    },
  },
  ssl: {
    expected: 'true, false or the options of TLS',
    fits: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
    aliases: ['tls'],
  },
  listenUrl: { ...URL_RULE, refusesUndefined: false, aliases: ['directUrl'] },
  listen: BOOLEAN,
  preparedStatements: { ...BOOLEAN, aliases: ['prepare', 'prepared'] },
  migrate: { ...BOOLEAN, aliases: ['migrations'] },
  readOnly: { ...BOOLEAN, aliases: ['readonly', 'read_only'] },
  retentionMs: {
    expected: 'milliseconds, more than 0',
    fits: (value) => typeof value === 'number' && value > 0,
    aliases: ['retention', 'retainFor', 'retain', 'ttl', 'ttlMs', 'maxAge', 'maxAgeMs'],
  },
  pollMs: milliseconds(1),
  sweepMs: milliseconds(1),
  connectTimeoutMs: { ...milliseconds(1), aliases: ['connectTimeout', 'connectionTimeoutMillis'] },
  queryTimeoutMs: { ...milliseconds(1), aliases: ['queryTimeout', 'query_timeout', 'timeout', 'timeoutMs'] },
  readConnections: {
    expected: 'a whole number, 1 to 1000',
    fits: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1000,
    aliases: ['max', 'poolSize', 'connections'],
  },
  clock: { expected: 'a function such as Date.now', fits: (value) => typeof value === 'function' },
};

/** Whether a text may be the name of the schema. */
export function isSchema(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z_][a-z0-9_]{0,40}$/.test(value);
}

function milliseconds(least: number): OptionRule {
  return {
    expected: `milliseconds, ${least} to ${LONGEST_MS}`,
    fits: (value) => typeof value === 'number' && value >= least && value <= LONGEST_MS,
  };
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws CallStatusError `invalid_options`
 */
export function resolveOptions(options: PostgresInboxOptions): ResolvedOptions {
  if (Object.hasOwn(Object(options), 'create')) throw new CallStatusError('invalid_options', { issues: [CREATE] });
  checkOptions('postgresInbox()', options, OPTIONS);
  const ways = (['url', 'hosts', 'pool'] as const).filter((way) => options[way] !== undefined);
  if (ways.length !== 1) throw new CallStatusError('invalid_options', { issues: [WAYS] });
  const { readOnly = false } = options;
  return {
    ...options,
    schema: options.schema ?? 'call_status',
    listen: options.listen ?? true,
    // Only writes are prepared.
    preparedStatements: (options.preparedStatements ?? true) && !readOnly,
    migrate: (options.migrate ?? true) && !readOnly,
    readOnly,
    sweepMs: options.sweepMs ?? 60_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 2000,
    queryTimeoutMs: options.queryTimeoutMs ?? 3500,
    readConnections: options.readConnections ?? 4,
  };
}

const CREATE = '`create` is no option: a service creates the tables, or `await inbox.ready({ create: true })` does.';
const WAYS = '`url`, `hosts` or `pool`: expected exactly one of them.';
