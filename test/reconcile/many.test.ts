import { createCallStatus, memoryInbox } from '@call-status/core';
import { manualClock } from '@call-status/testing';
import { expect, it, vi } from 'vitest';
import { acmeApi, acmeCallback, limitedAcme } from './acme.ts';

const MINUTE = 60_000;
const CALLS = 10_000;
/** The batch of the provider, and half of its limit. */
const [BATCH, PER_MINUTE] = [20, 100];

it('10,000 stuck calls end as fast as half of the limit allows, and a page of them is in memory at a time', async () => {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const askedAt: number[] = [];
  const api = await acmeApi(
    (callId) => ({ id: callId, state: 'over', seconds: 7 }),
    () => void askedAt.push(clock.now()),
  );
  const inbox = memoryInbox({ clock: clock.now });
  const [due, list] = [vi.spyOn(inbox.watches, 'due'), vi.spyOn(inbox, 'listCalls')];
  const ended = new Set<string>();
  const calls = createCallStatus({
    providers: [limitedAcme({ token: 'secret', api: { key: 'key', url: api.url } })],
    inbox,
    clock,
    log: { warn() {}, error() {} },
    onEnded: ({ callId }) => void ended.add(callId),
  });
  for (let number = 0; number < CALLS; number += 1) {
    await calls.receive(acmeCallback({ id: `c${number}`, state: 'ringing' }));
  }
  clock.advance(3 * MINUTE);
  const startedAt = clock.now();
  while (ended.size < CALLS) {
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await vi.waitFor(async () => expect((await inbox.watches.due({ limit: 1 })).rows).toEqual([]), { interval: 1 });
  }
  const fastest = CALLS / BATCH / PER_MINUTE;
  expect((clock.now() - startedAt) / MINUTE).toBeLessThan(1.5 * fastest);
  expect(askedAt.length).toBeLessThan(1.1 * (CALLS / BATCH));
  for (const [at, time] of askedAt.entries()) {
    const last = askedAt[at + PER_MINUTE];
    if (last !== undefined) expect(last - time).toBeGreaterThanOrEqual(MINUTE - 1000);
  }
  const limits = [...due.mock.calls, ...list.mock.calls].map(([query]) => query?.limit ?? 0);
  expect(Math.max(...limits)).toBeLessThanOrEqual(500);
  expect((await inbox.watches.list()).rows).toEqual([]);
  await calls.close();
}, 300_000);
