/**
 * Where call-status writes. The shape of pino, and so of Fastify's logger.
 * What is logged never contains a secret, a phone number or a body.
 */
export interface Logger {
  /** Not called so far. */
  info(details: object, message: string): void;
  /** What may need you: a refused callback, a slow handler, a provider without a secret. */
  warn(details: object, message: string): void;
  /** What needs you: a failed handler, a dead letter, an inbox that fails. */
  error(details: object, message: string): void;
}

/** Writes warnings and errors to the console, one line each. */
export const consoleLogger: Logger = {
  info() {},
  warn(details, message) {
    console.warn(`call-status: ${message}`, JSON.stringify(details));
  },
  error(details, message) {
    console.error(`call-status: ${message}`, JSON.stringify(details));
  },
};
