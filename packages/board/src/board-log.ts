import type { Logger } from '@call-status/core';
import { mask, withoutSecrets } from '@call-status/core/inbox';

/** What the board logs. The application's logger may throw, which must neither change an answer nor end the process. */
export class BoardLog {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Something was changed. */
  changed(details: object, message: string): void {
    this.#write(this.#log.info === undefined ? 'warn' : 'info', details, message);
  }

  failed(level: 'warn' | 'error', error: unknown, message: string): void {
    this.#write(level, { cause: causeOf(error) }, message);
  }

  #write(level: 'info' | 'warn' | 'error', details: object, message: string): void {
    try {
      this.#log[level]?.(details, message);
    } catch {
      // There is no other place to say it.
    }
  }
}

/** A text, since the console prints an error as `{}`; without the numbers and secrets that a database may quote. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : '';
  return mask(withoutSecrets(stackOf(error) + cause, []));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : typeof error;
}
