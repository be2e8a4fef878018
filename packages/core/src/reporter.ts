import { inspect } from 'node:util';
import { type CallStatusError, ERRORS, type ErrorCode } from './errors.ts';
import type { ErrorHandler } from './handlers.ts';
import type { Logger } from './log.ts';

/** Where errors at run time go: the log and the error handlers. */
export class Reporter {
  readonly #log: Logger;
  readonly #handlersFor: (provider: string | undefined) => readonly ErrorHandler[];

  constructor(log: Logger, handlersFor: (provider: string | undefined) => readonly ErrorHandler[]) {
    this.#log = log;
    this.#handlersFor = handlersFor;
  }

  /** Logs an error, and tells the error handlers; what they throw is logged too. */
  report(error: CallStatusError): void {
    const { code, details, cause } = error;
    // The cause of an error is your own code's or the inbox's; that of a warning may quote the client.
    if (OURS.has(code)) this.#write('error', { code, ...details, cause: stackOf(cause) }, ERRORS[code].message);
    else this.#write('warn', { code, ...details }, ERRORS[code].message);
    for (const handler of this.#handlersFor(details.provider)) {
      const failed = (how: string, cause: unknown) =>
        this.#write('error', { cause: stackOf(cause) }, `onError ${how}.`);
      try {
        Promise.resolve(handler(error)).catch((cause: unknown) => failed('rejected', cause));
      } catch (cause) {
        failed('threw', cause);
      }
    }
  }

  /** A logger that fails must not keep an event from being handled, and there is nowhere left to say so. */
  #write(level: 'warn' | 'error', details: object, message: string): void {
    try {
      this.#log[level](details, message);
    } catch {}
  }
}

/** What keeps events from being recorded or handled, and is not a client's to mend, is an error; all else is a warning. */
const OURS: ReadonlySet<ErrorCode> = new Set([
  'unexpected',
  'inbox_unavailable',
  'inbox_full',
  'inbox_locked',
  'inbox_unwritable',
  'inbox_corrupted',
  'inbox_unsupported',
  'secret_unavailable',
  'handler_failed',
  'dead_letter',
  'events_lost',
  'provider_missing',
  'no_worker',
  'invalid_options',
]);

/** Of what your code threw, which may be anything. */
function stackOf(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  try {
    return cause instanceof Error ? cause.stack : inspect(cause);
  } catch {
    return 'What was thrown cannot be shown.';
  }
}
