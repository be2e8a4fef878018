import { feedHoldersSql } from '../feed-mark.ts';
import type { Store } from '../store.ts';
import { monotonicNow, setTimeout } from '../timers.ts';

/** How long to wait for transactions that record. */
const WAIT_MS = 1000;

/** The pause between two looks at them. They are short. */
const PAUSE_MS = 3;

/** Up to where the feed has no gaps. */
export interface SettledTo {
  /** `recorded.id`. Each event up to it that will ever be visible is. */
  readonly row: number;
  /** Whether every event whose `record` has resolved is among them. */
  readonly isSettled: boolean;
}

/**
 * Numbers of events become visible out of order: behind a reader that has passed 8, 7 may appear. So a reader looks up the highest number,
 * waits until all transactions that record at that moment have ended, and reads no further. Other transactions do not matter.
 */
export class Ceiling {
  readonly #store: Store;
  readonly #newest: string;
  readonly #holders: string;
  #row = 0;
  #running: Promise<SettledTo> | undefined;
  #next: Promise<SettledTo> | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#newest = newestSql(store.schema);
    this.#holders = feedHoldersSql(store.schema);
  }

  /** Readers share one look that begins after they asked. */
  read(): Promise<SettledTo> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    const next = this.#running.then(noop, noop).then(() => {
      this.#next = undefined;
      return this.#start();
    });
    this.#next = next;
    return next;
  }

  #start(): Promise<SettledTo> {
    const running = this.#look().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  /** Each statement sees what was committed before it, so their order matters. */
  async #look(): Promise<SettledTo> {
    const [newest] = await this.#store.read(this.#newest);
    const row = newest?.['id'] ?? 0;
    let open = holdersOf(await this.#store.read(this.#holders));
    for (const until = monotonicNow() + WAIT_MS; open.length > 0; ) {
      if (monotonicNow() > until) return { row: this.#row, isSettled: false };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      open = holdersOf(await this.#store.read(STILL_OPEN, [open]));
    }
    this.#row = row;
    return { row, isSettled: true };
  }
}

function newestSql(schema: string): string {
  return `SELECT id FROM ${schema}.recorded ORDER BY id DESC LIMIT 1`;
}

/** Each transaction has a lock on its own number until its end. */
const STILL_OPEN =
  'SELECT DISTINCT virtualtransaction AS holder FROM pg_locks WHERE virtualtransaction = ANY($1::text[])';

function noop(): void {}

function holdersOf(rows: readonly { readonly holder?: string }[]): string[] {
  return rows.map(({ holder }) => holder as string);
}
