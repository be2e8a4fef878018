import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';

/** The values of `jobs.state`. */
export const BLOCKED = 0;
export const DUE = 1;
export const RETRYING = 2;
export const RUNNING = 3;
export const DEAD = 4;

export const TOTALS_SQL: Sql<'add' | 'addLive'> = {
  add: `
    UPDATE inbox SET live = live + ?, ended = ended + ?,
      blocked = blocked + ?, due = due + ?, retrying = retrying + ?, running = running + ?, dead = dead + ? WHERE id = 1`,
  addLive: `
    INSERT INTO providers (provider, live) VALUES (?, ?) ON CONFLICT (provider) DO UPDATE SET live = live + excluded.live`,
};

/** Counts calls and jobs as they change, so that reading the totals costs the same for any number of them. */
export class Totals {
  readonly #statements: Statements<typeof TOTALS_SQL>;
  readonly #live = new Map<string, number>();
  #ended = 0;
  #states = [0, 0, 0, 0, 0];

  constructor(db: Database) {
    this.#statements = prepare(db, TOTALS_SQL);
  }

  addCalls(provider: string, live: number, ended: number): void {
    if (live !== 0) this.#live.set(provider, (this.#live.get(provider) ?? 0) + live);
    this.#ended += ended;
  }

  /** Adds jobs of a state. */
  enter(state: number, count = 1): void {
    (this.#states[state] as number) += count;
  }

  /** Removes one job of a state. */
  leave(state: number): void {
    this.enter(state, -1);
  }

  move(from: number, to: number): void {
    this.leave(from);
    this.enter(to);
  }

  /** Stores the changes of this transaction. */
  flush(): void {
    const { add, addLive } = this.#statements;
    let live = 0;
    for (const [provider, change] of this.#live) {
      if (change !== 0) addLive.run(provider, change);
      live += change;
    }
    if (live !== 0 || this.#ended !== 0 || this.#states.some((change) => change !== 0)) {
      add.run(live, this.#ended, ...this.#states);
    }
    this.clear();
  }

  clear(): void {
    this.#live.clear();
    this.#ended = 0;
    this.#states = [0, 0, 0, 0, 0];
  }
}
