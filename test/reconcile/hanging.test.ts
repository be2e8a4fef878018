import { createCallStatus, memoryInbox, mycpaas } from '@call-status/core';
import { manualClock } from '@call-status/testing';
import { expect, it, vi } from 'vitest';
import { acme, acmeApi, acmeCallback } from './acme.ts';

const MINUTE = 60_000;
/** More than wait for handlers in memory. */
const HANGING = 450;

async function subject() {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi((callId) => ({ id: callId, state: 'over', seconds: 7 }));
  const inbox = memoryInbox({ clock: clock.now });
  const signals: AbortSignal[] = [];
  const ended: string[] = [];
  const calls = createCallStatus({
    providers: [acme({ token: 'secret', api: { key: 'key', url: api.url } }), mycpaas({ token: 'another secret' })],
    inbox,
    clock,
    handlerTimeoutMs: Number.POSITIVE_INFINITY,
    reconcile: { afterMs: { ringing: 20_000 }, everyMs: 10_000 },
    log: { warn() {}, error() {} },
    onEnded: ({ callId }) => void ended.push(callId),
    onMissing: (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
  });
  await inbox.watches.add(
    Array.from({ length: HANGING }, (_, at) => ({ provider: 'mycpaas', callId: `m${at}`, dueInMs: 0, expected: {} })),
  );
  await vi.waitFor(() => expect(signals).toHaveLength(8));
  return { clock, api, inbox, calls, signals, ended };
}

it('handlers that hang keep no other call from being asked for, and wait without work', async () => {
  const { clock, calls, inbox, signals, ended } = await subject();
  const due = vi.spyOn(inbox.watches, 'due');
  await calls.receive(acmeCallback({ id: 'c1', state: 'ringing' }));
  for (let passed = 0; passed < MINUTE; passed += 1000) {
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await vi.waitFor(() => expect(ended).toEqual(['c1']));
  // A few each second: for those that come back, and because the reconciler looks for silent calls.
  expect(due.mock.calls.length).toBeLessThan(4 * 60);
  expect(signals).toHaveLength(8);
  await calls.close({ deadlineMs: 40 });
  expect(signals.map(({ reason }) => reason.code)).toEqual(Array(8).fill('closed'));
  const { rows } = await inbox.watches.list({ state: 'missing' });
  expect(rows).toEqual([]);
});

it('a process that leads no more tells no more', async () => {
  const { clock, calls, inbox, signals } = await subject();
  vi.spyOn(inbox.watches, 'lead').mockResolvedValue(false);
  clock.advance(10_000);
  await vi.waitFor(() => expect(signals.every(({ aborted }) => aborted)).toBe(true));
  expect(signals).toHaveLength(8);
  await calls.close();
});
