import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { openInbox, temporaryFile } from '../support.ts';
import { aMoment, KILLS, Load, Server } from './load.ts';

const TIMEOUT = 60_000 + KILLS * 30_000;

interface Scenario {
  readonly name: string;
  readonly environment?: Record<string, string>;
  readonly isDiskFullAtTimes?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'under load' },
  { name: 'while handlers fail half of the time', environment: { FLAKY: '1' } },
  { name: 'while the disk is full at times', isDiskFullAtTimes: true },
];

for (const { name, environment, isDiskFullAtTimes = false } of SCENARIOS) {
  it(`loses nothing that was acknowledged when the server is killed ${KILLS} times ${name}`, {
    timeout: TIMEOUT,
  }, async () => {
    const path = temporaryFile();
    const handledFile = `${path}.handled`;
    writeFileSync(handledFile, '');
    const server = new Server({ DB: path, HANDLED: handledFile, ...environment });
    await server.start();
    const load = new Load(server);
    const tellDisk = (state: string) => fetch(`http://127.0.0.1:${server.port}/disk/${state}`);
    for (let kill = 0; kill < KILLS; kill++) {
      await load.isServed();
      await aMoment();
      if (isDiskFullAtTimes) {
        await tellDisk('full');
        await aMoment();
        if (kill % 2 === 0) await tellDisk('free');
        await aMoment();
      }
      await server.kill();
      await server.start();
    }
    await aMoment();
    await load.isEnough();
    await load.stop();

    const inbox = openInbox({ path });
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 }), {
      timeout: 30_000,
    });
    await server.kill();

    const handled = readFileSync(handledFile, 'utf8').trim().split('\n');
    const times = new Map<string, number>();
    for (const id of handled) times.set(id, (times.get(id) ?? 0) + 1);
    const db = new (loadEngine())(path);
    const stored = db
      .prepare('SELECT event_id FROM events')
      .all()
      .map((row) => String(row['event_id']));
    db.close();
    const known = new Set(stored);
    const lost = [...load.acknowledged].filter((id) => !known.has(id) || !times.has(id));
    const twice = [...times.values()].filter((count) => count > 1).length;
    console.log(
      `killed ${KILLS} times ${name}: ${load.sent.size} events sent, ${load.acknowledged.size} acknowledged, ` +
        `${stored.length} stored, ${times.size} handled, ${lost.length} lost, ${twice} handled twice, ${load.refused} answers 503`,
    );
    expect(lost).toEqual([]);
    expect(stored.length).toBe(known.size);
    if (isDiskFullAtTimes) expect(load.refused).toBeGreaterThan(0);
    expect(callsOutOfOrder(handled)).toEqual([]);
  });
}

/** The calls whose events were first handled in another order than they were sent. */
function callsOutOfOrder(handled: readonly string[]): string[] {
  const orders = new Map<string, string[]>();
  for (const id of new Set(handled)) {
    const [, call = '', state = ''] = id.split(':');
    orders.set(call, [...(orders.get(call) ?? []), state]);
  }
  const expected = 'queued ringing answered completed';
  return [...orders].filter(([, states]) => !expected.startsWith(states.join(' '))).map(([call]) => call);
}
