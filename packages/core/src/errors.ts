import { ERRORS, type ErrorCode, type ErrorRow, type Severity } from './error-codes.ts';
import { printable } from './text/printable.ts';

export { ERRORS, type ErrorCode, type Severity } from './error-codes.ts';

/** What an error is about. Never a secret, a phone number or a body; control and invisible characters are escaped. */
export interface ErrorDetails {
  /** The provider, if known. */
  readonly provider?: string;
  /** The URL that was verified: only plain words of the path and names of query parameters. */
  readonly url?: string;
  /** The inbox file, as an absolute path. */
  readonly path?: string;
  /** The server of the inbox: host, port and database. */
  readonly server?: string;
  /** What exactly happened, in one sentence. */
  readonly reason?: string;
  /** The likely cause and what to do; replaces the general advice for the code. */
  readonly hint?: string;
  /** The id of the event. */
  readonly eventId?: string;
  /** The handler that failed, such as `onCompleted`. */
  readonly handler?: string;
  /** Which attempt failed, from 1. */
  readonly attempt?: number;
  /** What validation found: one sentence per issue, without values. */
  readonly issues?: readonly string[];
}

/**
 * The one error class. Tell errors apart by `code`: `instanceof` fails across two copies of a package.
 * Its message says what happened, to what, and what to do.
 * @example
 * ```ts
 * import { createCallStatus, signalwire } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   onError: ({ code, severity, details }) => {
 *     if (severity === 'page') console.error(code, details.provider);
 *   },
 * });
 * ```
 */
export class CallStatusError extends Error {
  override readonly name = 'CallStatusError';
  readonly code: ErrorCode;
  /** The HTTP status with which it answers a callback; absent if it never does. */
  readonly status: ErrorRow['status'];
  /**
   * How urgently someone must act.
   *
   * - `page`: callbacks are refused or wait, or events are lost, until someone acts. Wake someone up.
   * - `ticket`: something on your side is wrong, and nothing is lost for now. Act within days.
   * - `info`: any client can cause it, or it resolves by itself. Alert at most on an unusual rate.
   *
   * `page` and `ticket` are logged as errors, `info` as a warning.
   */
  readonly severity: Severity;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    const shown = printableDetails(details);
    super(messageOf(code, shown), options);
    const { severity, status }: ErrorRow = ERRORS[code];
    this.code = code;
    this.status = status;
    this.severity = severity;
    this.details = shown;
  }
}

/**
 * Whether something thrown is a {@link CallStatusError}, including one from another copy of this package.
 * @example
 * ```ts
 * import { createCallStatus, isCallStatusError, signalwire } from '@call-status/core';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
 * try {
 *   await calls.ready();
 * } catch (error) {
 *   if (isCallStatusError(error) && error.code === 'inbox_unwritable') console.error('Check the path of the inbox.');
 *   throw error;
 * }
 * ```
 */
export function isCallStatusError(error: unknown): error is CallStatusError {
  const { name, code, details } = Object(error) as Partial<CallStatusError>;
  return (
    error instanceof Error && name === 'CallStatusError' && typeof code === 'string' && typeof details === 'object'
  );
}

/** The error for code that threw and should not have, of a provider if one is named. */
export function unexpected(cause: unknown, provider: string | undefined): CallStatusError {
  return new CallStatusError('unexpected', provider === undefined ? {} : { provider }, { cause });
}

/** What happened, to what, and what to do: the specific hint if there is one. */
function messageOf(code: ErrorCode, { path, server, reason, issues = [], hint }: ErrorDetails): string {
  const { message, fix } = ERRORS[code];
  if (code === 'invalid_options' && issues.length > 0) return `Invalid options: ${issues.join(' ')}`;
  const file = path === undefined ? undefined : `File: ${path}.`;
  const database = server === undefined ? undefined : `Server: ${server}.`;
  return [message, file, database, reason, ...issues, hint ?? fix].filter((part) => part !== undefined).join(' ');
}

function printableDetails(details: ErrorDetails): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, printableValue(value)]),
  );
}

function printableValue(value: ErrorDetails[keyof ErrorDetails]): unknown {
  if (typeof value === 'string') return printable(value);
  return Array.isArray(value) ? value.map((one: string) => printable(one)) : value;
}
