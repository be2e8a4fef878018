import { CallStatusError, type ErrorCode, isCallStatusError } from '@call-status/core';

interface Meaning {
  readonly code: ErrorCode;
  readonly hint?: string;
}

/** What to do about missing rights. */
export const RIGHTS =
  'Grant the rights to the user of the database: see "Roles and grants" in the manual of inbox-postgres.';
const CERTIFICATE =
  'Pass the certificate of the authority, `ssl: { ca: readFileSync(…) }`, and connect by the host name that is in the certificate.';

/** What to do about errors of the system and of `pg`, which have no SQLSTATE, by their texts. */
const HINTS: readonly [pattern: RegExp, hint: string][] = [
  [/ECONNREFUSED|ENOTFOUND/, 'Is the server running? Check the host and the port of the URL.'],
  [/client password must be a/, 'The server wants a password, and the URL has none.'],
  [/does not support SSL/, 'Turn TLS on in the server, or remove `ssl` or `sslmode`.'],
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
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Whether an error came from the connection or the server, rather than from the values to store. Such a connection is not used again. */
export function isOfConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || (NOT_OF_VALUES.test(state) && !isLocked(error));
}

/** Converts an error of `pg`, of the server or of an operation. */
export function toInboxError(error: unknown): CallStatusError {
  if (isCallStatusError(error)) return error;
  const state = sqlStateOf(error);
  const { code, hint } = meaningOf(error, state);
  return new CallStatusError(
    code,
    { reason: reasonOf(error, state), ...(hint !== undefined && { hint }) },
    {
      cause: withoutValues(error, state),
    },
  );
}

function meaningOf(error: unknown, state: string | undefined): Meaning {
  const unknown: Meaning = { code: 'inbox_unavailable' };
  if (state === undefined) {
    const hint = hintOf(error);
    return hint === undefined ? unknown : { ...unknown, hint };
  }
  return MEANINGS[state] ?? MEANINGS[state.slice(0, 2)] ?? unknown;
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

/** The error without its fields that quote rows, parameters or statements: they contain phone numbers. */
function withoutValues(error: unknown, state: string | undefined): unknown {
  if (state === undefined) return error;
  const { message, stack } = error as Error;
  return Object.assign(new Error(message), { code: state, stack });
}

function hintOf(error: unknown): string | undefined {
  if (isOfCertificate(error)) return CERTIFICATE;
  return HINTS.find(([pattern]) => pattern.test(textOf(error)))?.[1];
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
