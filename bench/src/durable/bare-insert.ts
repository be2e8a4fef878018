import type { NewEvent } from '@call-status/core/inbox';
import pg from 'pg';

const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on';
const INSERT = `INSERT INTO bare (call_id, event_id, status, event)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`;

interface Waiting {
  readonly event: NewEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The least that durable recording in PostgreSQL can cost: what is waiting goes into one table with one pipelined transaction. No duplicates,
 * no order, no jobs.
 */
export class BareInsert {
  readonly #client: pg.Client;
  #waiting: Waiting[] = [];
  #isBusy = false;

  static async open(url: string): Promise<BareInsert> {
    const client = new pg.Client({ connectionString: url, pipeline: true });
    await client.connect();
    await client.query(
      'CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, call_id text, event_id text, status text, event text)',
    );
    return new BareInsert(client);
  }

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  record(event: NewEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      if (!this.#isBusy) void this.#write();
    });
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #write(): Promise<void> {
    this.#isBusy = true;
    // All of a turn go together, as in the inboxes.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const events = group.map(({ event }) => event);
      const values = [
        events.map(({ callId }) => callId),
        events.map(({ id }) => id),
        events.map(({ status }) => status),
        events.map((event) => JSON.stringify(event)),
      ];
      try {
        await Promise.all([
          this.#client.query(BEGIN),
          this.#client.query({ name: 'insert', text: INSERT, values }),
          this.#client.query('COMMIT'),
        ]);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isBusy = false;
  }
}
