/**
 * Three web hosts and three worker hosts on one database, in processes of their own. They are killed in turn while clients send signed
 * callbacks; the server restarts as after a crash, loses its connections and freezes.
 *
 * `CRASH_KILLS=36` runs the long form. `CRASH_BREAK=ack` lets the web hosts acknowledge before the commit: then acknowledged events are lost
 * and the test fails, so it can tell. `journal.test.ts` shows that each other fault is found.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../servers/find.ts';
import { startPostgres } from '../servers/postgres.ts';
import { promote, startStandby } from '../servers/standby.ts';
import { startScene } from './scene.ts';

const KILLS = Number(process.env['CRASH_KILLS'] ?? 9);
/** In each round of so many kills, each fault of the server happens once. */
const KILLS_PER_ROUND = 9;
const FROZEN_MS = 2000;

const isPossible = process.platform === 'linux' && findPostgres() !== undefined;

describe.skipIf(!isPossible)('six hosts on one database', () => {
  it(`lose nothing that was acknowledged when they are killed ${KILLS} times and the server fails`, {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    const server = await startPostgres();
    onTestFinished(() => server.remove());
    const { hosts, load, disturb, end } = await startScene([server.url]);
    const faults = [
      () => server.restart('immediate'),
      () => server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()'),
      async () => {
        server.freeze();
        await sleep(FROZEN_MS);
        server.thaw();
      },
    ];
    for (let kill = 1; kill <= KILLS; kill++) {
      await load.isServed(10);
      await hosts.killOne();
      const fault = faults[(kill % KILLS_PER_ROUND) - 3];
      if (fault !== undefined) await disturb(fault);
    }
    console.log(`killed ${KILLS} times: ${await end()}`);
    expect(load.acknowledged.size).toBeGreaterThan(KILLS * 10);
  });

  it('lose nothing that was acknowledged when the server is killed and its synchronous standby takes over', {
    timeout: 180_000,
  }, async () => {
    const primary = await startPostgres();
    onTestFinished(() => primary.remove());
    const standby = await startStandby(primary);
    onTestFinished(() => standby.remove());
    const { load, disturb, end } = await startScene([primary.url, standby.url]);
    await load.isServed(500);
    await disturb(async () => {
      await primary.kill();
      await promote(standby);
    });
    console.log(`failed over: ${await end()}`);
    expect(load.acknowledged.size).toBeGreaterThan(500);
  });
});
