import { expect, it, vi } from 'vitest';
import { memoryInbox } from './memory-inbox.ts';
import { requestReconcile } from './request-reconcile.ts';
import { NO_PROGRESS } from './rows/watch-row.ts';

const CALL = { provider: 'acme', tenant: 'a', callId: 'c1' };
const NOW = Date.UTC(2026, 2, 2);

function inboxWith(status: 'ringing' | 'busy', more: object = {}) {
  const inbox = memoryInbox({ clock: () => NOW });
  const event = {
    ...CALL,
    id: 'acme@a:c1:1',
    status,
    rawStatus: status,
    terminal: status === 'busy',
    raw: {},
    ...more,
  };
  const about = { receivedAt: new Date(NOW).toISOString(), source: 'callback', trust: 'none' } as const;
  void inbox.record({ ...event, ...about });
  return inbox;
}

it('makes the check of a call due, of that tenant only', async () => {
  const inbox = inboxWith('ringing');
  const { tenant: _, ...other } = CALL;
  expect(await requestReconcile(inbox, other)).toBe('not_found');
  expect(await requestReconcile(inbox, CALL, NOW)).toBe('requested');
  const { rows } = await inbox.watches.due({ limit: 10 });
  expect(rows).toMatchObject([{ ...CALL, progress: { request: { at: '2026-03-02T00:00:00.000Z' } } }]);
});

it('wins against others that watch the call, or change its watch', async () => {
  const inbox = inboxWith('ringing');
  const { watches } = inbox;
  const get = watches.get.bind(watches);
  vi.spyOn(watches, 'get').mockImplementationOnce(async () => {
    await watches.add([{ ...CALL, dueInMs: 5000 }]);
    return undefined;
  });
  vi.spyOn(watches, 'get').mockImplementationOnce(async (call) => {
    const read = await get(call);
    if (read !== undefined) await watches.update(read, { dueInMs: 9000, progress: { ...NO_PROGRESS, asked: 1 } });
    return read;
  });
  expect(await requestReconcile(inbox, CALL, NOW)).toBe('requested');
  const checkAt = new Date(NOW + 9000).toISOString();
  const request = { at: new Date(NOW).toISOString(), checkAt };
  expect((await watches.due({ limit: 1 })).rows).toMatchObject([{ progress: { asked: 1, request } }]);
});

it('asks for an ended call only if the length of its conversation is lacking', async () => {
  expect(await requestReconcile(inboxWith('busy', { answered: false }), CALL)).toBe('complete');
  expect(await requestReconcile(inboxWith('busy', { durationSeconds: 0 }), CALL)).toBe('complete');
  expect(await requestReconcile(inboxWith('busy'), CALL)).toBe('requested');
});
