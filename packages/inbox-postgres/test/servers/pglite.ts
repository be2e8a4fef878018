import { BEGIN, type Driver, type Query, type Result, type Session } from '../../src/connection/session.ts';

/** What is used of PGlite. Its own types need those of browsers. */
export interface PGlite {
  exec(text: string): Promise<PGliteResult[]>;
  query(text: string, values: unknown[]): Promise<PGliteResult>;
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface PGliteResult {
  readonly rows: Result['rows'];
  readonly affectedRows?: number;
}

const NAME: string = '@electric-sql/pglite';

/** A new database in memory. */
export async function openPglite(): Promise<PGlite> {
  const { PGlite } = (await import(/* @vite-ignore */ NAME)) as { PGlite: { create(): Promise<PGlite> } };
  return PGlite.create();
}

/** The way to PGlite, a PostgreSQL in this process. It has one connection, so that a transaction has the database to itself: all inboxes share the driver. */
export function pgliteDriver(db: PGlite): Driver {
  let free: Promise<unknown> = Promise.resolve();

  function connect(): Session {
    let sent: Promise<unknown> = Promise.resolve();
    let leave: (() => void) | undefined;
    let isOpen = false;
    const run = async (text: string, values?: readonly unknown[]): Promise<Result> => {
      if (leave === undefined) {
        const before = free;
        free = new Promise<void>((resolve) => (leave = resolve));
        await before;
      }
      try {
        const result = values === undefined ? (await db.exec(text)).at(-1) : await db.query(text, [...values]);
        return { rows: result?.rows ?? [], rowCount: result?.affectedRows ?? null };
      } finally {
        isOpen = text.startsWith('BEGIN') || (isOpen && !/^(COMMIT|ROLLBACK)(;|$)/.test(text));
        if (!isOpen) {
          leave?.();
          leave = undefined;
        }
      }
    };
    const raw: Session['raw'] = (text, values) => {
      const result = sent.then(() => run(text, values));
      sent = result.catch(() => {});
      return result;
    };
    return {
      isBroken: false,
      raw,
      query: async (text, values) => (await raw(text, values)).rows,
      end: async () => {
        await raw('ROLLBACK').catch(() => {});
      },
    };
  }

  return {
    connect: async () => connect(),
    query: (text, values) => connect().query(text, values),
    async transaction<T>(work: (query: Query) => Promise<T>, settings = ''): Promise<T> {
      const session = connect();
      try {
        await session.query(`${BEGIN}; ${settings}`);
        const result = await work((text, values) => session.query(text, values));
        await session.query('COMMIT');
        return result;
      } finally {
        await session.end();
      }
    },
    listen: (channel, { onNotify }) => db.listen(channel, onNotify),
    end: async () => {},
  };
}
