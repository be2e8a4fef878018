import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPgBouncer } from '../../test/servers/find.ts';
import { startPgBouncer } from '../../test/servers/pgbouncer.ts';
import { freshDatabase, sharedServer } from '../../test/servers/test-server.ts';
import { resolveOptions } from '../options.ts';
import { probeNamedStatements, StatementNames } from './named-statements.ts';
import { pgDriver } from './pg-driver.ts';
import type { Driver } from './session.ts';

const server = await sharedServer();

describe.skipIf(server === undefined || findPgBouncer() === undefined)('named statements', () => {
  const url = server as string;

  function open(options: { url: string; preparedStatements?: boolean }): Driver {
    const driver = pgDriver(resolveOptions(options));
    onTestFinished(() => driver.end());
    return driver;
  }

  it('work on a server', async () => {
    const driver = open({ url });
    const onWarning = vi.fn<() => void>();
    driver.onWarning?.(onWarning);
    await probeNamedStatements(driver);
    expect(await usesNames(driver)).toBe(true);
    expect(onWarning).not.toHaveBeenCalled();
  });

  it('are no longer used behind a PgBouncer that loses them, with one warning', async () => {
    const bouncer = await startPgBouncer(url, 2);
    onTestFinished(() => bouncer.stop());
    // It has both connections of the server before, so that it gives out the one that was used last.
    const driver = open({ url: bouncer.url });
    const sessions = await Promise.all([driver.connect(), driver.connect()]);
    for (const statement of ['BEGIN', 'COMMIT']) await Promise.all(sessions.map((each) => each.query(statement)));
    await Promise.all(sessions.map((each) => each.end()));
    const onWarning = vi.fn<() => void>();
    driver.onWarning?.(onWarning);
    await probeNamedStatements(driver);
    expect(await usesNames(driver)).toBe(false);
    await probeNamedStatements(driver);
    await probeNamedStatements(open({ url: bouncer.url }));
    expect(onWarning).toHaveBeenCalledOnce();
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: 'inbox_unnamed_statements' }));
  });

  it('are no longer used once the server has lost one, though nothing listens', () => {
    const names = new StatementNames(true);
    names.failed(Object.assign(new Error('lost'), { code: '26000' }));
    expect(names.of('SELECT 1')).toBeUndefined();
  });

  it('have the same names in all processes', async () => {
    const [one, other] = [new StatementNames(true), new StatementNames(true)];
    one.of('SELECT 1');
    expect(other.of('SELECT 2')).toBe(one.of('SELECT 2'));
    expect(one.of('SELECT 1')).not.toBe(one.of('SELECT 2'));
  });

  it('are not blamed for what else fails', async () => {
    const database = await freshDatabase(url);
    const driver = open({ url: database });
    const connect: Driver['connect'] = async (options) => {
      const session = await driver.connect(options);
      await session.end();
      return session;
    };
    await expect(probeNamedStatements({ ...driver, connect })).rejects.toThrow('closed');
  });

  async function usesNames(driver: Driver): Promise<boolean> {
    const session = await driver.connect();
    await session.query('BEGIN');
    await session.query('SELECT $1::text AS named', ['']);
    const found = await session.query("SELECT 1 FROM pg_prepared_statements WHERE statement LIKE '%AS named'");
    await session.end();
    return found.length > 0;
  }
});
