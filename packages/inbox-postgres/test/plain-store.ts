import { pgDriver } from '../src/connection/pg-driver.ts';
import type { Driver } from '../src/connection/session.ts';
import { resolveOptions } from '../src/options.ts';
import { prepareSchema, quoted } from '../src/schema/migrate.ts';
import type { Store } from '../src/store.ts';

/** A store without a commit loop: for what reads, and for what writes in transactions of its own. */
export interface PlainStore extends Store {
  end(): Promise<void>;
}

/** Creates the schema if it is missing. */
export async function plainStore(
  url: string,
  schema: string,
  { wrap = (driver: Driver) => driver, now = (): number | null => null } = {},
): Promise<PlainStore> {
  const driver = wrap(pgDriver(resolveOptions({ url, schema, queryTimeoutMs: 60_000 })));
  await prepareSchema(driver, { schema, migrate: true, create: true });
  return {
    schema: quoted(schema),
    driver,
    now,
    read: (text, values) => driver.transaction((query) => query(text, values)),
    transaction: (run, settings) => driver.transaction(run, settings),
    write: () => Promise.reject(new Error('This store has no commit loop.')),
    end: () => driver.end(),
  };
}
