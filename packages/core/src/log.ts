/**
 * Where call-status writes. The shape of pino, and so of Fastify's logger.
 * What is logged never contains a secret, a phone number or a body.
 */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
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
