import { CallStatusError } from '@call-status/core';
import type { ErrorDetails } from '@call-status/core/provider';
import { clearTimeout, setTimeout } from '../timers.ts';
import { toInboxError } from './errors.ts';
import type { Driver } from './session.ts';

/** The pauses between attempts to listen, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** How long a notification may take to return, in milliseconds. */
const ECHO_MS = 1000;

const NOTHING_LOST = 'No event is lost; a worker takes it up to pollMs later.';

/** What listening needs and tells. */
export interface ListeningOptions {
  readonly driver: Driver;
  readonly channel: string;
  /** What this process sends itself, and ignores. */
  readonly payload: string;
  /** Whether `listenUrl` is given. */
  readonly isDirect: boolean;
  /** Another process sent a notification, or may have while nothing was heard. */
  readonly onNotify: () => void;
  /** Called once if notifications do not arrive. */
  readonly onWarning: (warning: CallStatusError) => void;
}

/** Listens on a connection of its own, and connects again when that is lost. */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #closing = signal('closing');
  readonly #running: Promise<void>;
  #isClosed = false;
  #isAlive = false;
  #isWarned = false;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Whether notifications arrive. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.send();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isClosed) {
      const wasAlive = await this.#listen().catch((error) => this.#failed(error));
      pauseMs = wasAlive ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      await this.#within(pauseMs);
    }
  }

  /** Listens until the connection is lost. Resolves to whether anything was heard. */
  async #listen(): Promise<boolean> {
    const { driver, channel, payload, onNotify } = this.#options;
    const [lost, echo] = [signal('lost'), signal('echo')];
    const stop = await driver.listen(channel, {
      onNotify: (received) => (received === payload ? echo.send() : onNotify()),
      onLost: lost.send,
    });
    try {
      // LISTEN succeeds behind PgBouncer in transaction mode, and nothing is ever heard.
      await driver.query(...notification(channel, payload));
      const first = await this.#within(ECHO_MS, echo.sent, lost.sent);
      if (first === 'late') {
        this.#warn(
          this.#options.isDirect ? 'listenUrl leads to another database than url, or to PgBouncer.' : undefined,
        );
      }
      if (first !== 'echo') return false;
      this.#isAlive = true;
      // What came before was not heard.
      onNotify();
      await Promise.race([lost.sent, this.#closing.sent]);
      return true;
    } finally {
      this.#isAlive = false;
      await stop();
    }
  }

  /** The first of these events, or of the time's end and `close`. */
  async #within<T>(ms: number, ...events: Promise<T>[]): Promise<T | 'late' | 'closing'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), ms).unref();
    });
    const first = await Promise.race<T | 'late' | 'closing'>([...events, late, this.#closing.sent]);
    clearTimeout(timer);
    return first;
  }

  /** Tells why, unless the database is away, which others notice. Resolves to whether anything was heard. */
  async #failed(error: unknown): Promise<boolean> {
    const answers = await this.#options.driver.query('SELECT 1').catch(() => undefined);
    if (answers === undefined) return false;
    const { details, cause } = toInboxError(error);
    const { server, reason } = details;
    const advice = this.#options.isDirect ? 'Check listenUrl.' : 'The inbox tries again by itself.';
    this.#warn(advice, { ...(server && { server }), reason: `The connection for LISTEN failed: ${reason}` }, cause);
    return false;
  }

  #warn(advice?: string, about: ErrorDetails = {}, cause?: unknown): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const hint = advice && `${advice} ${NOTHING_LOST}`;
    this.#options.onWarning(new CallStatusError('inbox_polling', { ...about, ...(hint && { hint }) }, { cause }));
  }
}

/** A promise, and the function that resolves it. */
function signal<T extends string>(value: T): { readonly sent: Promise<T>; readonly send: () => void } {
  let send!: () => void;
  const sent = new Promise<T>((resolve) => {
    send = () => resolve(value);
  });
  return { sent, send };
}

/** The statement that notifies. */
export function notification(channel: string, payload: string): [text: string, values: readonly unknown[]] {
  return ['SELECT pg_notify($1, $2)', [channel, payload]];
}
