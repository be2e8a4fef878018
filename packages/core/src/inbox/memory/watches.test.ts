import { expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';

const HOUR_MS = 3_600_000;
const FULL = expect.objectContaining({ code: 'inbox_full', details: { hint: expect.stringContaining('maxBytes') } });

const watch = (callId: string, custom = '') => ({ provider: 'acme', callId, dueInMs: 0, expected: { custom } });

it('watched calls are bounded in number', async () => {
  const { inbox } = new MemorySubject({ maxBytes: 2 ** 30 });
  const many = Array.from({ length: 100_000 }, (_, at) => watch(`c${at}`));
  expect(await inbox.watches.add(many)).toBe(100_000);
  expect(await inbox.watches.add([watch('c7')])).toBe(0);
  await expect(inbox.watches.add([watch('more')])).rejects.toThrow(FULL);
  await inbox.forgetCall('acme', 'c7');
  expect(await inbox.watches.add([watch('more')])).toBe(1);
});

it('watched calls count for maxBytes: idle calls make room, and unfinished ones do not', async () => {
  const subject = new MemorySubject({ maxBytes: 40_000 });
  const { inbox } = subject;
  for (const callId of ['a', 'b', 'c', 'd']) await subject.handle(callId, 'completed');
  const { bytes = 0 } = (await inbox.health()).store;
  expect(await inbox.watches.add([watch('w1', 'x'.repeat(10_000))])).toBe(1);
  expect(await subject.callIds()).not.toBe('a b c d');
  await inbox.forgetCall('acme', 'w1');
  expect((await inbox.health()).store.bytes).toBeLessThan(bytes);
  for (const callId of ['e', 'f', 'g', 'h', 'i', 'j']) await subject.record(callId, 'ringing').catch(() => {});
  await expect(inbox.watches.add([watch('w2', 'x'.repeat(10_000))])).rejects.toThrow(FULL);
  await expect(inbox.watches.add([watch('w3', 'x'.repeat(100_000))])).rejects.toThrow(FULL);
  expect(await inbox.watches.list()).toEqual({ rows: [] });
});

it('the watch of a call that is dropped to make room goes with it', async () => {
  const subject = new MemorySubject({ maxCalls: 1 });
  await subject.handle('a', 'ringing');
  await subject.inbox.watches.add([watch('a')]);
  await subject.handle('b', 'ringing');
  expect(await subject.inbox.watches.list()).toEqual({ rows: [] });
});

it('a wait that is no number is over at once, and a step of the clock makes none longer', async () => {
  const subject = new MemorySubject({});
  const { watches } = subject.inbox;
  await watches.add([{ ...watch('a'), dueInMs: Number.NaN }]);
  expect((await watches.due({ limit: 1 })).rows).toMatchObject([{ callId: 'a' }]);
  await watches.add([{ ...watch('b'), dueInMs: HOUR_MS }]);
  subject.time -= 24 * HOUR_MS;
  expect(await watches.due({ limit: 9 })).toMatchObject({ nextInMs: HOUR_MS });
  subject.time += HOUR_MS;
  expect((await watches.due({ limit: 9 })).rows).toMatchObject([{ callId: 'a' }, { callId: 'b' }]);
});
