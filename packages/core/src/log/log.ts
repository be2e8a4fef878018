import { debuglog } from 'node:util';
import { printable } from '../text/printable.ts';

/**
 * Where call-status logs: any logger whose methods take the details first, such as pino or Fastify's.
 * A line never contains a secret, a phone number, a body, or control or invisible characters.
 */
export interface Logger {
  /** For why a request was passed on to your application. Called only if the logger has it. */
  debug?(details: object, message: string): void;
  /** Never called by call-status. For your handlers, which get the logger as `context.log`. */
  info?(details: object, message: string): void;
  /** For what any client can cause, or what resolves by itself: a rejected callback, a slow handler. */
  warn(details: object, message: string): void;
  /** For what you must fix: a failed handler, a dead letter, a failing inbox. */
  error(details: object, message: string): void;
}

/**
 * A logger that writes single lines to the console.
 *
 * @param isDebug whether it writes debug lines
 */
export function consoleLoggerWith(isDebug: boolean): Logger {
  return {
    ...(isDebug && { debug: (details: object, message: string) => console.debug(lineOf(details, message)) }),
    info: (details, message) => console.info(lineOf(details, message)),
    warn: (details, message) => console.warn(lineOf(details, message)),
    error: (details, message) => console.error(lineOf(details, message)),
  };
}

/**
 * Writes warnings and errors to the console, one line each. With `NODE_DEBUG=call-status` also why requests are passed on.
 * @example
 * ```ts
 * import { consoleLogger, createCallStatus, signalwire } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   log: { ...consoleLogger, warn() {} }, // errors only
 * });
 * ```
 */
export const consoleLogger: Logger = consoleLoggerWith(debuglog('call-status').enabled);

/** Escapes the control characters that JSON leaves. */
function lineOf(details: object, message: string): string {
  return printable(`call-status: ${message} ${JSON.stringify(details)}`);
}

/** A logger that may know which levels it writes, as pino does. */
export type LeveledLogger = Logger & { isLevelEnabled?(level: string): boolean };

/** Whether a logger writes debug lines, as far as can be determined. */
export function writesDebug(log: LeveledLogger): boolean {
  return log.debug !== undefined && (typeof log.isLevelEnabled !== 'function' || log.isLevelEnabled('debug'));
}

/** The logger of a receiver without a `log`: the console, until an adapter offers the framework's. */
export class DefaultLogger implements Logger {
  #target: LeveledLogger = consoleLogger;

  /** Takes the first logger that is offered, since several applications may share a receiver. */
  offer(log: Logger): void {
    if (this.#target === consoleLogger) this.#target = log;
  }

  isLevelEnabled(level: string): boolean {
    return level !== 'debug' || writesDebug(this.#target);
  }

  debug(details: object, message: string): void {
    this.#target.debug?.(details, message);
  }

  info(details: object, message: string): void {
    this.#target.info?.(details, message);
  }

  warn(details: object, message: string): void {
    this.#target.warn(details, message);
  }

  error(details: object, message: string): void {
    this.#target.error(details, message);
  }
}
