import { expect, it, onTestFinished } from 'vitest';
import { readCounts } from '../../src/read/counts.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

it.skipIf(url === '')('many calls are counted seldom, and events each time', async () => {
  let mono = 0;
  const store = await plainStore(url, freshSchema(url));
  onTestFinished(() => store.end());
  const counted = () => readCounts(store, () => mono);
  const begin = (from: number, to: number) =>
    queryAt(
      url,
      `WITH c AS (
        INSERT INTO ${store.schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
        SELECT 'acme', '', n, 'ringing', n % 2 = 0, 0, 0, 1 FROM generate_series(${from}, ${to}) AS n RETURNING id)
      INSERT INTO ${store.schema}.jobs (call, id, event_id, provider, run_at)
      SELECT id, 1, '', 'acme', 0 FROM c ORDER BY id DESC LIMIT 1`,
    );
  await begin(1, 9999);
  expect(await counted()).toMatchObject({ live: 5000, ended: 4999, waiting: 1 });
  await begin(10_000, 10_000);
  expect(await counted()).toMatchObject({ live: 5000, ended: 5000, waiting: 2 });
  await begin(10_001, 10_001);
  expect(await counted()).toMatchObject({ live: 5001, ended: 5000, waiting: 3 });
  await begin(10_002, 10_002);
  mono = 9999;
  expect(await counted()).toMatchObject({ live: 5001, ended: 5000, waiting: 4 });
  mono = 10_000;
  expect(await counted()).toMatchObject({ live: 5001, ended: 5001, waiting: 4 });
});
