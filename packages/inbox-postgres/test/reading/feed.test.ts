import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Driver } from '../../src/connection/session.ts';
import { feedMarkSql } from '../../src/feed-mark.ts';
import { Feed } from '../../src/read/feed.ts';
import { type PlainStore, plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

const WRITERS = 12;
const TRANSACTIONS = 40;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection that records events step by step. */
class Recorder {
  readonly #client = new pg.Client({ connectionString: url });
  readonly #store: PlainStore;

  constructor(store: PlainStore) {
    this.#store = store;
  }

  static async connect(store: PlainStore): Promise<Recorder> {
    const recorder = new Recorder(store);
    await recorder.#client.connect();
    onTestFinished(() => recorder.#client.end());
    return recorder;
  }

  async begin(): Promise<void> {
    await this.#client.query('BEGIN');
    await this.#client.query(feedMarkSql(this.#store.schema));
  }

  /** @returns its place in the order of recording */
  async record(eventId: string, call = 1): Promise<number> {
    const { rows } = await this.#client.query(
      `INSERT INTO ${this.#store.schema}.recorded (call, event_id, transition, event) VALUES ($1, $2, 'advance', $3) RETURNING id`,
      [call, eventId, JSON.stringify({ id: eventId })],
    );
    return Number(rows[0].id);
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.#client.query(how);
  }
}

async function setUp(wrap?: (driver: Driver) => Driver) {
  const store = await plainStore(url, freshSchema(url), { ...(wrap && { wrap }) });
  onTestFinished(() => store.end());
  return { store, feed: new Feed(store) };
}

/** Reads what there is, page by page. */
async function readOn(feed: Feed, after: string | undefined, found: string[]): Promise<string> {
  const page = await feed.page({ ...(after !== undefined && { after }), limit: 20 });
  found.push(...page.rows.map(({ event }) => event.id));
  expect(page.missed).toBe(false);
  return page.next;
}

describe.skipIf(url === '')('the feed', () => {
  it('passes over no event of many writers, and waits for no other transaction', async () => {
    const { store, feed } = await setUp();
    const foreign = new pg.Client({ connectionString: url });
    await foreign.connect();
    onTestFinished(() => foreign.end());
    await foreign.query('BEGIN');
    await foreign.query(`INSERT INTO ${store.schema}.workers VALUES ('a foreign writer', 0, '{}')`);

    let isWriting = true;
    const write = async (writer: number): Promise<void> => {
      const recorder = await Recorder.connect(store);
      for (let n = 0; n < TRANSACTIONS; n++) {
        await recorder.begin();
        for (let event = 0; event <= n % 3; event++) await recorder.record(`${writer}/${n}/${event}`);
        await pause(Math.random() * 15);
        await recorder.end(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    // Shows that the order of the commits is not that of the numbers.
    const naive: string[] = [];
    const readNaively = async (): Promise<void> => {
      for (let after = 0; isWriting; await pause(1)) {
        const rows = await queryAt(
          url,
          `SELECT id, event_id FROM ${store.schema}.recorded WHERE id > ${after} ORDER BY id`,
        );
        naive.push(...rows.map((row) => row['event_id'] as string));
        after = Math.max(after, ...rows.map((row) => Number(row['id'])));
      }
    };
    const found: string[] = [];
    let next: string | undefined;
    const read = async (): Promise<void> => {
      while (isWriting) next = await readOn(feed, next, found);
    };
    const readers = [read(), readNaively()];
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    isWriting = false;
    await Promise.all(readers);
    for (let before = -1; before < found.length; ) {
      before = found.length;
      next = await readOn(feed, next, found);
    }

    const all = (await queryAt(url, `SELECT event_id FROM ${store.schema}.recorded ORDER BY id`)).map(
      (row) => row['event_id'],
    );
    expect(all.length).toBeGreaterThan(WRITERS * TRANSACTIONS * 0.6);
    expect(naive.length).toBeLessThan(all.length);
    expect(found).toEqual(all);
    await foreign.query('ROLLBACK');
  });

  it('ends before an event whose transaction does not end, and goes on when it has', async () => {
    const { store, feed } = await setUp();
    const [slow, quick] = [await Recorder.connect(store), await Recorder.connect(store)];
    await quick.begin();
    await quick.record('first');
    await quick.end('COMMIT');
    const begin = await feed.page();
    await slow.begin();
    await slow.record('slow');
    await quick.begin();
    await quick.record('quick');
    await quick.end('COMMIT');
    expect(await feed.page({ after: begin.next })).toEqual({ rows: [], next: begin.next, missed: false });
    expect((await feed.page()).rows).toHaveLength(1);
    await expect(feed.page({ after: 'end' })).rejects.toMatchObject({ code: 'inbox_unavailable' });
    await slow.end('COMMIT');
    const { rows, next } = await feed.page({ after: begin.next });
    expect(rows.map(({ event }) => event.id)).toEqual(['slow', 'quick']);
    expect(await feed.page({ after: 'end' })).toMatchObject({ rows: [], next });
  });

  it('moves past many events of other providers in short pages', async () => {
    const { store, feed } = await setUp();
    await queryAt(
      url,
      `INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
      SELECT CASE WHEN g = 2 THEN 'rare' ELSE 'acme' END, '', g::text, 'ringing', false, 0, 0, 1 FROM generate_series(1, 2) g;
      INSERT INTO ${store.schema}.recorded (call, event_id, transition, event)
      SELECT CASE WHEN g = 5000 THEN 2 ELSE 1 END, g::text, 'repeat', json_build_object('id', g::text)::text FROM generate_series(1, 5100) g`,
    );
    const found: string[] = [];
    let pages = 0;
    let next: string | undefined;
    for (; pages < 4; pages++) {
      const page = await feed.page({ ...(next !== undefined && { after: next }), provider: 'rare' });
      found.push(...page.rows.map(({ event }) => event.id));
      next = page.next;
    }
    expect(found).toEqual(['5000']);
    expect(next).toBe((await feed.page({ after: 'end' })).next);
  });

  it('looks once for all who ask while another look is under way', async () => {
    let looks = 0;
    const { store, feed } = await setUp((driver) => onLook(driver, () => void looks++));
    const recorder = await Recorder.connect(store);
    const first = feed.page();
    await recorder.begin();
    await recorder.record('recorded after the first look began');
    await recorder.end('COMMIT');
    const pages = await Promise.all([first, ...Array.from({ length: 9 }, () => feed.page())]);
    expect(pages.slice(1).map(({ rows }) => rows.length)).toEqual(Array(9).fill(1));
    // The first may be over before the others ask.
    expect([2, 3]).toContain(looks);
  });

  it('answers those who waited for a look that failed', async () => {
    let looks = 0;
    const { feed } = await setUp((driver) =>
      onLook(driver, () => {
        if (++looks === 1) throw new Error('lost');
      }),
    );
    const [first, second] = await Promise.allSettled([feed.page(), feed.page()]);
    expect([first?.status, second?.status, looks]).toEqual(['rejected', 'fulfilled', 2]);
  });
});

/** Calls the listener before each look at the newest event. */
function onLook(driver: Driver, listener: () => void): Driver {
  return {
    ...driver,
    transaction: (run, settings) =>
      driver.transaction(
        (query) =>
          run(async (text, values) => {
            if (text.includes('ORDER BY id DESC LIMIT 1')) listener();
            return query(text, values);
          }),
        settings,
      ),
  };
}
