import { CallStatusError } from '@call-status/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Hints, type HintsOptions } from '../../src/connection/hints.ts';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { type PostgresInboxOptions, resolveOptions } from '../../src/options.ts';
import { findPgBouncer, findPostgres } from '../servers/find.ts';
import { startPgBouncer } from '../servers/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';

/** So long that no test sees a poll. */
const NEVER_MS = 1_000_000;

describe.skipIf(findPostgres() === undefined)('hints', () => {
  let server: PostgresServer;

  function open(options: PostgresInboxOptions, more: Partial<HintsOptions> = {}): Hints {
    const driver = pgDriver(resolveOptions(options));
    const hints = new Hints({ driver, schema: 'hints', listen: true, pollMs: NEVER_MS, ...more });
    onTestFinished(async () => {
      await hints.close();
      await driver.end();
    });
    return hints;
  }

  /** A listener that has heard that listening works. */
  async function listenTo(hints: Hints) {
    const listener = vi.fn<() => void>();
    hints.onJobs(listener);
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce());
    listener.mockClear();
    return listener;
  }

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(() => server?.remove());

  it('tells listeners of this process at once, without a server', () => {
    const hints = open({ url: 'postgres://127.0.0.1:1/none' });
    const listener = vi.fn<() => void>();
    hints.onJobs(listener);
    hints.workIsDue();
    expect(listener).toHaveBeenCalledOnce();
  });

  it('tells other processes, also those that send much', async () => {
    const listener = await listenTo(open({ url: server.url }));
    const sender = open({ url: server.url }, { listen: false });
    for (let n = 0; n < 100; n++) sender.workIsDue();
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    listener.mockClear();
    sender.workIsDue();
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    expect(listener.mock.calls.length).toBeLessThan(100);
  });

  it('does not tell the inboxes of other schemas', async () => {
    const listener = await listenTo(open({ url: server.url }));
    const other = await listenTo(open({ url: server.url }, { schema: 'other' }));
    open({ url: server.url }, { schema: 'other', listen: false }).workIsDue();
    await vi.waitFor(() => expect(other).toHaveBeenCalled());
    expect(listener).not.toHaveBeenCalled();
  });

  it('stops with the last listener, and starts again', async () => {
    const hints = open({ url: server.url });
    const remove = hints.onJobs(() => {});
    await vi.waitFor(async () => expect(await listeners()).toBe(1));
    remove();
    await vi.waitFor(async () => expect(await listeners()).toBe(0));
    await listenTo(hints);
    expect(await listeners()).toBe(1);
  });

  it('tells all listeners on one connection, until the last is removed', async () => {
    const hints = open({ url: server.url });
    const listener = await listenTo(hints);
    const remove = hints.onJobs(listener);
    hints.workIsDue();
    expect(listener).toHaveBeenCalledTimes(2);
    remove();
    hints.workIsDue();
    expect(listener).toHaveBeenCalledTimes(3);
    expect(await listeners()).toBe(1);
  });

  it('keeps no connection that cannot listen', async () => {
    const driver = pgDriver(resolveOptions({ url: `${server.url}?application_name=unlistened` }));
    onTestFinished(() => driver.end());
    await expect(driver.listen('a"b', { onNotify() {}, onLost() {} })).rejects.toMatchObject({ code: '42601' });
    await vi.waitFor(async () => {
      expect(await server.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'unlistened'")).toEqual([]);
    });
  });

  it('listens again after the connection was lost, and calls the listeners once', async () => {
    const hints = open({ url: server.url });
    const listener = await listenTo(hints);
    await server.restart('immediate');
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce());
    open({ url: server.url }, { listen: false }).workIsDue();
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(2));
  });

  it('polls when it does not listen', async () => {
    const listener = vi.fn<() => void>();
    open({ url: server.url }, { listen: false, pollMs: undefined }).onJobs(listener);
    await vi.waitFor(() => expect(listener.mock.calls.length).toBeGreaterThan(2));
  });

  it('polls while it listens', async () => {
    const hints = open({ url: server.url }, { pollMs: undefined });
    const listener = await listenTo(hints);
    await vi.waitFor(() => expect(listener.mock.calls.length).toBeGreaterThan(1));
  });

  describe.skipIf(findPgBouncer() === undefined)('behind PgBouncer in transaction mode', () => {
    let url: string;

    beforeAll(async () => {
      const bouncer = await startPgBouncer(server.url);
      url = bouncer.url;
      return () => bouncer.stop();
    });

    it('warns once that nothing is heard, however often it tries', async () => {
      const driver = pgDriver(resolveOptions({ url }));
      onTestFinished(() => driver.end());
      const listen = vi.spyOn(driver, 'listen');
      const hints = open({ url }, { driver });
      const onWarning = vi.fn<(warning: CallStatusError) => void>();
      hints.onWarning = onWarning;
      hints.onJobs(() => {});
      await vi.waitFor(() => expect(listen.mock.calls.length).toBeGreaterThan(2));
      expect(onWarning).toHaveBeenCalledOnce();
      expect(onWarning.mock.calls[0]?.[0]).toMatchObject({ code: 'inbox_polling' });
    });

    it('warns the process if it is given no way to warn', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
      onTestFinished(() => warn.mockRestore());
      open({ url }).onJobs(() => {});
      await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.any(CallStatusError)));
    });

    it('listens directly with `listenUrl`', async () => {
      const listener = await listenTo(open({ url, listenUrl: server.url }));
      open({ url }, { listen: false }).workIsDue();
      await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    });
  });

  /** How many connections listen. */
  async function listeners(): Promise<number> {
    const rows = await server.query(
      `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()`,
    );
    return rows.length;
  }
});
