import { CallStatusError, type ErrorCode, isCallStatusError } from '@call-status/core';
import { serverOf, TimeLimitError } from './server-errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly hint?: string;
}

/** What to do about missing rights. */
export const RIGHTS =
  'Grant the rights to the user of the database: see "Roles and grants" in the manual of inbox-postgres.';
const CERTIFICATE =
  'Pass the certificate of the authority, `ssl: { ca: readFileSync(…) }`, and connect by the host name that is in the certificate.';

/** Errors of the system and of `pg`, which have no SQLSTATE, by their texts. */
const TEXTS: readonly [pattern: RegExp, meaning: Meaning][] = [
  [
    /client password must be/,
    {
      code: 'inbox_denied',
      hint: 'The server wants a password: put it into the URL, or into PGPASSWORD or ~/.pgpass.',
    },
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|did not accept/,
    {
      code: 'inbox_unavailable',
      hint: 'Is the server running? Check the host and the port of the URL, and whether a firewall lets this host through.',
    },
  ],
  [/ENOENT.*\.s\.PGSQL/, { code: 'inbox_unavailable', hint: 'Is the server running? Check the folder of its socket.' }],
  [
    /does not support SSL/,
    { code: 'inbox_unavailable', hint: 'Turn TLS on in the server, or remove `ssl` or `sslmode`.' },
  ],
  [/was free within/, { code: 'inbox_unavailable', hint: 'Raise readConnections, or find out which reads are slow.' }],
];

/** SQLSTATEs and their classes (https://www.postgresql.org/docs/current/errcodes-appendix.html), the longest match first. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '25006': {
    code: 'inbox_unwritable',
    hint: 'The server is a standby or read-only: use the primary, or list all servers in `hosts`.',
  },
  '28': { code: 'inbox_denied' },
  '3D000': { code: 'inbox_denied' },
  '3F000': { code: 'inbox_missing' },
  '42501': { code: 'inbox_unwritable', hint: RIGHTS },
  '42P01': { code: 'inbox_missing' },
  '53100': { code: 'inbox_full' },
  '53300': {
    code: 'inbox_unavailable',
    hint: 'Raise max_connections of the server, use fewer processes, or put PgBouncer in front of it.',
  },
};

/** SQLSTATEs of two transactions in each other's way. */
const TRANSIENT: ReadonlySet<unknown> = new Set(['40001', '40P01']);

/**
 * Classes of errors that are not about the values of one statement: connection, transaction state, prepared statements, schema, rights,
 * resources, locks, operator, system, and those of the server itself.
 */
const NOT_OF_VALUES = /^(08|0A|25|26|28|3D|3F|42|53|55|57|58|XX)/;

/** Whether the same transaction may succeed when it is repeated. */
export function isWorthAnotherTry(error: unknown): boolean {
  return TRANSIENT.has(sqlStateOf(error));
}

/** Whether another transaction kept a lock for too long. */
export function isLocked(error: unknown): boolean {
  return sqlStateOf(error) === '55P03';
}

/** Whether the server had not answered a statement in time. It may still be at work on it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof TimeLimitError;
}

/** Whether an error came from the connection or the server, rather than from the values to store. Such a connection is not used again. */
export function isOfConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || (NOT_OF_VALUES.test(state) && !isLocked(error));
}

/**
 * Converts an error of `pg`, of the server or of an operation, and names the server.
 *
 * @param found the server, if the error does not know it
 */
export function toInboxError(error: unknown, found?: string): CallStatusError {
  const server = serverOf(error) ?? found;
  if (isCallStatusError(error)) return server === undefined ? error : withServer(error, server);
  const state = sqlStateOf(error);
  const { code, hint } = meaningOf(error, state);
  return new CallStatusError(
    code,
    { ...(server !== undefined && { server }), reason: reasonOf(error, state), ...(hint !== undefined && { hint }) },
    { cause: withoutValues(error, state) },
  );
}

function withServer({ code, details, cause }: CallStatusError, server: string): CallStatusError {
  return new CallStatusError(code, { server, ...details }, { cause });
}

function meaningOf(error: unknown, state: string | undefined): Meaning {
  const known = state === undefined ? meaningOfText(error) : (MEANINGS[state] ?? MEANINGS[state.slice(0, 2)]);
  return known ?? { code: 'inbox_unavailable' };
}

function reasonOf(error: unknown, state: string | undefined): string {
  const text = state === undefined ? textOf(error) : `PostgreSQL reported ${state}: ${textOf(error)}`;
  return `${text.replace(/\.?$/, '')}.`;
}

/** The errors of several addresses of one host have no text of their own. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** Logins, resources, shutdown, and the connection: where in the code they were noticed says nothing. */
const WITHOUT_STACK = /^(08|28|3D|53|57P)/;

/** The error without its fields that quote rows, parameters or statements: they contain phone numbers. */
function withoutValues(error: unknown, state: string | undefined): unknown {
  const isPlain = state === undefined ? isOfNetwork(error) : WITHOUT_STACK.test(state);
  if (state === undefined && !isPlain) return error;
  const { code, stack } = error as Error & { code?: string };
  const message = textOf(error);
  const shown = isPlain ? `Error: ${message}` : stack;
  return Object.assign(new Error(message), { ...(code !== undefined && { code }), stack: shown });
}

/** Errors of the system and of `pg`. A fault in the code is of a class of its own, such as `TypeError`. */
function isOfNetwork(error: unknown): boolean {
  return error instanceof AggregateError || (error instanceof Error && error.name === 'Error');
}

function meaningOfText(error: unknown): Meaning | undefined {
  if (isOfCertificate(error)) return { code: 'inbox_unavailable', hint: CERTIFICATE };
  return TEXTS.find(([pattern]) => pattern.test(textOf(error)))?.[1];
}

/** Codes of OpenSSL and of Node's check of the host name. */
function isOfCertificate(error: unknown): boolean {
  return /CERT|ERR_TLS|UNABLE_TO_VERIFY/.test(String(Object(error).code));
}

/** The SQLSTATE of an error that the server reported. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown };
  // Node's own codes, such as EPIPE, may have five letters, but no server sent them.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !('syscall' in Object(error)) ? code : undefined;
}
