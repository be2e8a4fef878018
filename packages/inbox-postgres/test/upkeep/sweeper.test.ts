import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Driver } from '../../src/connection/session.ts';
import { ClockWatch } from '../../src/upkeep/clock-watch.ts';
import { FIRST, Sweeper } from '../../src/upkeep/sweep.ts';
import { Upkeep } from '../../src/upkeep/upkeep.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

const SWEEP_MS = 60_000;

async function sweeperOf(schema: string, wrap: (driver: Driver) => Driver = (driver) => driver) {
  const store = await plainStore(url, schema, { wrap });
  onTestFinished(() => store.end());
  return new Sweeper(store, new ClockWatch(() => performance.now()));
}

/** Old calls without jobs, so that a sweep takes several steps. */
function fillSql(schema: string): string {
  return `
    INSERT INTO ${schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count, retained_from)
    SELECT 'acme', '', g::text, 'busy', true, 0, 0, 1, 0 FROM generate_series(1, 250) g`;
}

describe.skipIf(url === '')('of all processes', () => {
  it('one sweeps at a time', async () => {
    const schema = freshSchema(url);
    let goOn: (() => void) | undefined;
    let isHeld: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    /** Stops in each transaction, after it has asked whether it may sweep. */
    const stopping = (driver: Driver): Driver => ({
      ...driver,
      transaction: (run) =>
        driver.transaction((query) =>
          run(async (text, values) => {
            const rows = await query(text, values);
            if (text.includes('pg_try_advisory_xact_lock')) {
              isHeld?.();
              await new Promise<void>((resolve) => {
                goOn = resolve;
              });
            }
            return rows;
          }),
        ),
    });
    const slow = await sweeperOf(schema, stopping);
    const other = await sweeperOf(schema);
    await queryAt(url, fillSql(schema));
    const step = slow.step(FIRST);
    await held;
    expect(await other.maySweep(SWEEP_MS)).toBe('no');
    expect(await other.step(FIRST)).toBeUndefined();
    goOn?.();
    expect(await step).toMatchObject({ range: 'ended' });
    expect(await other.step(FIRST)).toMatchObject({ range: 'ended' });
    expect(await queryAt(url, `SELECT count(*)::int AS left FROM ${schema}.calls`)).toEqual([{ left: 50 }]);
  });

  it('one sweeps in the time of a sweep', async () => {
    const schema = freshSchema(url);
    const [first, second] = [await sweeperOf(schema), await sweeperOf(schema)];
    expect(await first.maySweep(SWEEP_MS)).toBe('yes');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await second.maySweep(SWEEP_MS)).toBe('no');
    await queryAt(url, `UPDATE ${schema}.inbox SET swept_at = swept_at - ${SWEEP_MS}`);
    expect(await second.maySweep(SWEEP_MS)).toBe('yes');
    // A clock that was set back must not keep everyone from sweeping.
    await queryAt(url, `UPDATE ${schema}.inbox SET swept_at = swept_at + ${10 * SWEEP_MS}`);
    expect(await first.maySweep(SWEEP_MS)).toBe('yes');
  });
});

describe.skipIf(url === '')('a sweep', () => {
  it('stops when the clock jumps while it is under way', async () => {
    const schema = freshSchema(url);
    let now = 100 * 86_400_000;
    const store = await plainStore(url, schema, { now: () => now });
    onTestFinished(() => store.end());
    const sweeper = new Sweeper(store, new ClockWatch(() => 0));
    await queryAt(url, fillSql(schema));
    const place = await sweeper.step(FIRST);
    now += 2 * 86_400_000;
    expect(await sweeper.step(place ?? FIRST)).toBeUndefined();
    expect(await sweeper.maySweep(SWEEP_MS)).toBe('clock_stepped');
    expect(await queryAt(url, `SELECT count(*)::int AS left FROM ${schema}.calls`)).toEqual([{ left: 150 }]);
  });

  it('that fails is made again, and one that was stopped ends', async () => {
    const schema = freshSchema(url);
    let failures = 3;
    const failing = (driver: Driver): Driver => ({
      ...driver,
      transaction: (run, settings) =>
        failures-- > 0
          ? pause(50).then(() => Promise.reject(new Error('The connection is lost.')))
          : driver.transaction(run, settings),
    });
    const sweeper = await sweeperOf(schema, failing);
    await queryAt(url, fillSql(schema));
    const codes: string[] = [];
    const upkeep = new Upkeep(sweeper, 5, ({ code }) => void codes.push(code));
    upkeep.start();
    upkeep.start();
    const left = async () => (await queryAt(url, `SELECT count(*)::int AS left FROM ${schema}.calls`))[0]?.['left'];
    await vi.waitFor(async () => expect(await left()).toBe(0));
    await upkeep.stop();
    await queryAt(url, fillSql(schema));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await left()).toBe(250);
    upkeep.start();
    await upkeep.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await left()).toBe(250);
    // What fails after the end is not reported.
    failures = 1;
    upkeep.start();
    await vi.waitFor(() => expect(failures).toBe(0));
    await upkeep.stop();
    expect(codes).toEqual(['inbox_sweep_failed']);
  });
});
