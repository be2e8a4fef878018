import type { InboxHealth } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { healthReader } from '../../src/read/health.ts';
import { LiveCalls } from '../../src/read/live-calls.ts';
import { SharedHealth } from '../../src/read/shared-health.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

describe('an answer about health', () => {
  it('is shared until something changes, but a failure is not', async () => {
    let reads = 0;
    let version = 'a';
    let fails = false;
    const shared = new SharedHealth(
      async () => {
        reads++;
        if (fails) throw new Error('lost');
        return { due: reads } as InboxHealth;
      },
      () => version,
    );
    const dues = async () => (await Promise.all([shared.read(), shared.read()])).map(({ due }) => due);
    expect(await dues()).toEqual([1, 1]);
    expect(await dues()).toEqual([1, 1]);
    version = 'b';
    expect(await dues()).toEqual([2, 2]);
    version = 'c';
    fails = true;
    await expect(dues()).rejects.toThrow('lost');
    fails = false;
    expect(await dues()).toEqual([4, 4]);
  });

  it('that failed after a newer one was asked for leaves the newer one', async () => {
    let version = 0;
    let failFirst: (() => void) | undefined;
    const shared = new SharedHealth(
      () =>
        version === 0
          ? new Promise((_, reject) => {
              failFirst = () => reject(new Error('lost'));
            })
          : Promise.resolve({ due: version } as InboxHealth),
      () => String(version),
    );
    const first = shared.read();
    version = 1;
    const second = shared.read();
    failFirst?.();
    await expect(first).rejects.toThrow('lost');
    expect(shared.read()).toBe(second);
  });
});

describe.skipIf(url === '')('health', () => {
  it('counts jobs in every state, and live calls by provider', async () => {
    const store = await plainStore(url, freshSchema(url), { now: () => 10_000_000 });
    onTestFinished(() => store.end());
    const job = (id: number, dueAt: number | null, more: Record<string, unknown> = {}) => {
      const row = { call: id, id, event_id: `e${id}`, provider: 'acme', run_at: 0, due_at: dueAt, ...more };
      const values = Object.values(row).map((value) => (value === null ? 'NULL' : `'${value}'`));
      return `INSERT INTO ${store.schema}.jobs (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`;
    };
    const call = (callId: string, provider: string, firstAt: number, lastAt: number, terminal = false) =>
      `INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
      VALUES ('${provider}', '', '${callId}', 'ringing', ${terminal}, ${firstAt}, ${lastAt}, 1)`;
    await queryAt(
      url,
      [
        job(1, 9_999_000),
        job(2, 9_998_000),
        job(3, 10_002_000),
        job(4, 10_001_500),
        job(5, 10_000_500, { token: 't' }),
        job(6, 9_997_000, { token: 't' }),
        // Its lease has ended; its pause has not.
        job(7, 10_001_000, { token: 't', begun_ms: 2000 }),
        job(8, 10_003_000, { suspect: true }),
        job(9, null),
        job(10, null, { dead_at: 5 }),
        call('silent', 'zenith', 9_000_000, 9_400_000),
        call('young', 'zenith', 9_399_000, 9_400_001),
        call('new', 'acme', 9_999_000, 9_999_000),
        call('ended', 'ended only', 0, 0, true),
        `UPDATE ${store.schema}.inbox SET uncounted = 7`,
      ].join(';'),
    );
    const { store: own, ...health } = await healthReader(store, () => ({ writable: true }))();
    expect(health).toEqual({
      due: 3,
      oldestDueAt: new Date(9_997_000).toISOString(),
      lagMs: 3000,
      retrying: 4,
      nextRetryAt: new Date(10_001_000).toISOString(),
      blocked: 1,
      running: 1,
      dead: 1,
      live: 3,
      silent: 1,
      providers: [
        { provider: 'acme', live: 1, silent: 0 },
        { provider: 'zenith', live: 2, silent: 1 },
      ],
      refused: { kept: 0, lastDay: 0, uncounted: 7 },
      watches: { missing: 0, stuck: 0, failed: 0 },
      workers: [],
    });
    expect(own?.writable).toBe(true);
    expect(own?.bytes).toBeGreaterThan(100_000);
  });

  it('counts many live calls seldom', async () => {
    let mono = 0;
    const store = await plainStore(url, freshSchema(url));
    onTestFinished(() => store.end());
    const live = new LiveCalls(store, () => mono);
    const read = healthReader(store, () => ({ writable: true }), live);
    const counted = async () => (await read()).live;
    const begin = (from: number, to: number) =>
      queryAt(
        url,
        `INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
        SELECT 'acme', '', n, 'ringing', false, 0, 0, 1 FROM generate_series(${from}, ${to}) AS n`,
      );
    await begin(1, 9999);
    expect(await counted()).toBe(9999);
    await begin(10_000, 10_000);
    expect(await counted()).toBe(10_000);
    await begin(10_001, 10_001);
    expect(await counted()).toBe(10_001);
    await begin(10_002, 10_002);
    mono = 9999;
    expect(await counted()).toBe(10_001);
    mono = 10_000;
    expect(await counted()).toBe(10_002);
  });
});
