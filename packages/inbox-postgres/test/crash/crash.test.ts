/**
 * Three web hosts and three worker hosts on one database, in processes of their own. They are killed in turn while clients send signed
 * callbacks; the server restarts as after a crash, loses its connections and freezes, and connections are cut before and after COMMIT.
 * Handlers write some of their effects in the transaction of the event: these must be there exactly once.
 *
 * `CRASH_KILLS=36` runs the long form. `CRASH_BREAK=ack` lets the web hosts acknowledge before the commit, and `CRASH_BREAK=effects` lets
 * handlers write beside the transaction: then events are lost, or have two effects, and the test fails, so it can tell. `journal.test.ts`
 * shows that each other fault is found.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../servers/find.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { startProxy } from '../servers/proxy.ts';
import { promote, startStandby } from '../servers/standby.ts';
import { startScene } from './scene.ts';
import { EFFECTS } from './settings.ts';

const KILLS = Number(process.env['CRASH_KILLS'] ?? 9);
const FROZEN_MS = 2000;

const TERMINATE_CLIENTS = `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
const STILL_THERE = 'SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1)';
// What a transaction must contain whose connection is cut.
const RECORD = /INSERT INTO \S+\.recorded/;
const FINISH = /DELETE FROM \S+\.jobs w USING l/;
const EFFECT = new RegExp(`INSERT INTO \\S+\\.${EFFECTS}`);

const isPossible = process.platform === 'linux' && findPostgres() !== undefined;

describe.skipIf(!isPossible)('six hosts on one database', () => {
  it(`lose nothing that was acknowledged when they are killed ${KILLS} times and the server fails`, {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    const server = await startPostgres();
    onTestFinished(() => server.remove());
    const proxy = await startProxy(server.url);
    onTestFinished(() => proxy.stop());
    const { hosts, load, disturb, end } = await startScene([proxy.url]);
    // One after each kill. What is not a disturbance must not even make an event be handled again; a handler's own transaction must.
    const faults = [
      () => proxy.cut('before', RECORD),
      () => proxy.cut('after', RECORD),
      () => disturb(() => server.restart('immediate')),
      () => disturb(() => terminateClients(server)),
      () =>
        disturb(async () => {
          server.freeze();
          await sleep(FROZEN_MS);
          server.thaw();
        }),
      () => proxy.cut('before', FINISH, EFFECT),
      () => proxy.cut('after', FINISH, EFFECT),
      () => disturb(() => proxy.cut('before', EFFECT)),
      () => disturb(() => proxy.cut('after', EFFECT)),
    ];
    for (let kill = 1; kill <= KILLS; kill++) {
      await load.isServed(10);
      await hosts.killOne();
      await faults[(kill - 1) % faults.length]?.();
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

/** The server only asks its processes to end: the connections are lost when they are gone. */
async function terminateClients(server: PostgresServer): Promise<void> {
  const asked = await server.query(TERMINATE_CLIENTS);
  const pids = asked.map(({ pid }) => pid);
  while ((await server.query(STILL_THERE, [pids])).length > 0) await sleep(5);
}
