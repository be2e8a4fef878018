import { describe, expect, it, onTestFinished } from 'vitest';
import { findPgBouncer } from '../../test/servers/find.ts';
import { startPgBouncer } from '../../test/servers/pgbouncer.ts';
import { freshDatabase, sharedServer } from '../../test/servers/test-server.ts';
import { resolveOptions } from '../options.ts';
import { requireNamedStatements } from './named-statements.ts';
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
    await expect(requireNamedStatements(open({ url }))).resolves.toBeUndefined();
  });

  it('are refused behind a PgBouncer that loses them', async () => {
    const bouncer = await startPgBouncer(url);
    onTestFinished(() => bouncer.stop());
    await expect(requireNamedStatements(open({ url: bouncer.url }))).rejects.toMatchObject({
      code: 'inbox_unsupported',
      details: { hint: expect.stringContaining('preparedStatements: false') },
    });
    await requireNamedStatements(open({ url: bouncer.url, preparedStatements: false }));
  });

  it('are not blamed for what else fails', async () => {
    const database = await freshDatabase(url);
    const driver = open({ url: database });
    const connect: Driver['connect'] = async (options) => {
      const session = await driver.connect(options);
      await session.end();
      return session;
    };
    await expect(requireNamedStatements({ ...driver, connect })).rejects.toThrow('closed');
  });
});
