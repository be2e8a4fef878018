import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCallStatus } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { manualClock } from '@call-status/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Random } from '../../packages/testing/src/random.ts';
import { acme, acmeApi, acmeCallback, STATUS_OF } from './acme.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const CALLS = 6;
const SEEDS = 4;

/** A call as it really is, and what the network does with its callbacks. */
function plan(random: Random, number: number) {
  const final = random.pick(['over', 'over', 'busy', 'lost']);
  const words = final === 'over' ? ['new', 'ringing', 'up', final] : ['new', 'ringing', final];
  let at = random.below(10 * MINUTE);
  const states = words.map((state) => {
    at += random.below(6 * MINUTE);
    return { state, at };
  });
  const seconds = final === 'over' ? random.below(600) : 0;
  const isExpected = random.happens(0.5);
  const callbacks = states.flatMap(({ state, at: begun }, place) => {
    const copies = random.happens(0.5) ? 0 : 1 + random.below(2);
    // Without it, nothing would ever be heard of the call.
    const least = place === 0 && !isExpected ? 1 : 0;
    return Array.from({ length: Math.max(least, copies) }, () => ({
      fields: { id: `c${number}`, state, ...(state === final && random.happens(0.5) && { seconds: String(seconds) }) },
      at: begun + random.below(random.happens(0.3) ? 40 * MINUTE : 10 * SECOND),
    }));
  });
  return { callId: `c${number}`, states, final, seconds, isExpected, callbacks };
}

/** What the provider's API says at a time. The figures of an ended call come two minutes later. */
function recordOf({ callId, states, final, seconds }: ReturnType<typeof plan>, now: number): object | undefined {
  const current = states.findLast(({ at }) => at <= now);
  if (current === undefined) return undefined;
  const { state, at } = current;
  if (state !== final) return { id: callId, state };
  return now - at < 2 * MINUTE ? { id: callId, state, settled: 'no' } : { id: callId, state, seconds };
}

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'each call ends once, as it really did (seed %i)',
  async (seed) => {
    const random = new Random(seed);
    const plans = Array.from({ length: CALLS }, (_, number) => plan(random, number));
    const startedAt = Date.UTC(2026, 2, 2);
    const clock = manualClock(startedAt);
    const elapsed = () => clock.now() - startedAt;
    const api = await acmeApi(
      (callId) => {
        const found = plans.find((one) => one.callId === callId);
        return found && recordOf(found, elapsed());
      },
      () =>
        random.happens(0.7)
          ? undefined
          : random.pick([
              { status: 500 },
              { status: 429, headers: { 'retry-after': '90' } },
              { status: 404 },
              { text: 'nonsense' },
              { json: [{ id: 'c0' }, { id: 'c1', state: 'dreaming' }] },
            ]),
    );
    const folder = mkdtempSync(path.join(tmpdir(), 'reconcile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ended = new Map<string, string[]>();
    const start = () =>
      createCallStatus({
        providers: [acme({ token: 'secret', api: { key: 'key', url: api.url } })],
        inbox: sqliteInbox({ path: path.join(folder, 'calls.db'), clock: clock.now }),
        clock,
        log: { warn() {}, error() {} },
        reconcile: { afterMs: { queued: 5 * MINUTE, ringing: 5 * MINUTE, 'in-progress': 10 * MINUTE } },
        onEnded: ({ callId, status }) => void ended.set(callId, [...(ended.get(callId) ?? []), status]),
        onMissing() {},
        onStuck() {},
      });
    let calls = start();
    const due = [
      ...plans.flatMap((one) =>
        one.callbacks.map(({ fields, at }) => ({ at, run: () => calls.receive(acmeCallback(fields)) })),
      ),
      ...plans
        .filter(({ isExpected }) => isExpected)
        .map(({ callId, states }) => ({
          at: (states[0]?.at ?? 0) + random.below(MINUTE),
          run: () => calls.provider('acme').expect({ callId, withinMs: random.below(5 * MINUTE) }),
        })),
    ].sort((a, b) => a.at - b.at);
    const restarts = random.list(1, 4, () => random.below(50 * MINUTE)).sort((a, b) => a - b);
    const haveEnded = async () => {
      const { rows } = await calls.inbox.listCalls({ state: 'ended' });
      return rows.length === CALLS;
    };
    // Until nothing more comes, and all have ended.
    while (due.length > 0 || !(await haveEnded())) {
      expect(elapsed()).toBeLessThan(48 * 60 * MINUTE);
      clock.advance(15 * SECOND);
      // They come together with what the reconciler does.
      const now: Promise<unknown>[] = [];
      while (due[0] !== undefined && due[0].at <= elapsed()) now.push(Promise.resolve(due.shift()?.run()));
      await Promise.all(now);
      if ((restarts[0] ?? Number.POSITIVE_INFINITY) <= elapsed()) {
        restarts.shift();
        await calls.close();
        calls = start();
      }
      await vi.waitFor(async () => expect((await calls.health()).leads).toBe(true), { interval: 1 });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    // A durable inbox closes with jobs that wait.
    await vi.waitFor(() => expect(ended.size).toBe(CALLS), { timeout: 30_000 });
    await calls.close();

    const inbox = sqliteInbox({ path: path.join(folder, 'calls.db') });
    for (const { callId, states, final, seconds } of plans) {
      const call = await inbox.getCall('acme', callId);
      const status = STATUS_OF[final];
      expect(call, callId).toMatchObject({ status, terminal: true });
      expect([undefined, seconds]).toContain(call?.durationSeconds);
      const real = states.map(({ state }) => state);
      for (const event of call?.events ?? []) expect(real).toContain(event.rawStatus);
      expect(call?.events.filter(({ terminal, transition }) => terminal && transition === 'advance')).toHaveLength(1);
      expect(ended.get(callId), callId).toEqual([status]);
    }
    expect((await inbox.health()).dead).toBe(0);
    await inbox.close();
  },
);
