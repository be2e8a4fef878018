import { expect, it, vi } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import { AsyncContext } from '../handlers/context.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { Watch } from '../inbox/watches.ts';
import type { NoticeHandler } from '../notice.ts';
import { Notices } from './notices.ts';
import { keyOf, type Tell, Telling } from './telling.ts';

const step: Tell = { do: 'tell', reason: 'stuck', dueInMs: 5000, progress: { asked: 1, told: [], failures: 0 } };

/** So many watched calls, and what tells of them. */
async function subject(count: number, run: NoticeHandler) {
  const clock = manualClock(0);
  const { timers } = clock;
  const { watches } = memoryInbox({ clock: clock.now });
  await watches.add(Array.from({ length: count }, (_, at) => ({ provider: 'acme', callId: `c${at}`, dueInMs: 0 })));
  const { rows } = await watches.due({ limit: count });
  const notices = new Notices({
    timers,
    log: { info() {}, warn() {}, error() {} },
    context: new AsyncContext(),
    rulesOf: () => ({ retry: {}, handlerTimeoutMs: Number.POSITIVE_INFINITY, concurrency: 1 }),
    handlersFor: () => [{ name: 'onStuck', run }],
    report() {},
  });
  let leads = true;
  const wakeIn = vi.fn<(ms: number) => void>();
  const telling = new Telling({ watches, notices, timers, goesOn: () => leads, wakeIn });
  const stop = (): void => {
    leads = false;
    notices.interrupt();
  };
  return { clock, watches, rows, telling, wakeIn, stop };
}

it('tells of eight calls at a time, and others wait for one of them', async () => {
  const finish: (() => void)[] = [];
  const { telling, rows, watches, wakeIn } = await subject(
    10,
    ({ callId }) => new Promise((resolve) => void finish.push(() => resolve(callId))),
  );
  for (const watch of rows) expect(telling.add(watch, step)).toBe(true);
  await vi.waitFor(() => expect(finish).toHaveLength(8));
  expect([...telling.calls]).toEqual(rows.map(keyOf));
  finish[3]?.();
  await vi.waitFor(() => expect(finish).toHaveLength(9));
  expect(telling.calls).toEqual(new Set(rows.filter((_, at) => at !== 3).map(keyOf)));
  expect(await watches.get(rows[3] as Watch)).toMatchObject({ progress: { asked: 1, told: ['stuck'] } });
  expect(wakeIn.mock.calls).toEqual([[5000]]);
  for (const one of finish) one();
  await vi.waitFor(() => expect(finish).toHaveLength(10));
  finish[9]?.();
  await telling.ended();
  expect((await watches.due({ limit: 1 })).rows).toEqual([]);
});

it('has room for 200 calls, and others come back 50 at a time', async () => {
  const { telling, rows, clock, stop } = await subject(201, () => new Promise(() => {}));
  expect(rows.filter((watch) => telling.add(watch, step))).toHaveLength(200);
  const back = () => Array.from({ length: 100 }, () => telling.comesBackInMs());
  expect(back()).toEqual([...Array(50).fill(1000), ...Array(50).fill(2000)]);
  clock.advance(10_000);
  expect(back()[0]).toBe(1000);
  stop();
  await telling.ended();
});

it('tells of no more calls once this process has stopped, and leaves all of them due', async () => {
  const told: string[] = [];
  const { telling, rows, watches, stop } = await subject(9, ({ callId }) => {
    told.push(callId);
    return new Promise(() => {});
  });
  for (const watch of rows) telling.add(watch, step);
  await vi.waitFor(() => expect(told).toHaveLength(8));
  stop();
  await telling.ended();
  expect(told).toHaveLength(8);
  expect((await watches.due({ limit: 10 })).rows).toEqual(rows);
});

it('does not tell of a call that has changed meanwhile', async () => {
  const told = vi.fn();
  const { telling, rows, watches, wakeIn } = await subject(1, told);
  const [watch] = rows as [Watch];
  await watches.update(watch, step);
  telling.add(watch, step);
  await telling.ended();
  expect(told).not.toHaveBeenCalled();
  expect(wakeIn.mock.calls).toEqual([[0]]);
});

it('keeps what a notice came to, also if someone has the provider asked while it is delivered', async () => {
  const request = { at: new Date(0).toISOString(), checkAt: new Date(0).toISOString() };
  const { telling, rows, watches, wakeIn } = await subject(1, async () => {
    await watches.update(watch, { dueInMs: 0, progress: { ...watch.progress, request } });
  });
  const [watch] = rows as [Watch];
  telling.add(watch, step);
  await telling.ended();
  const { rows: due } = await watches.due({ limit: 1 });
  expect(due).toMatchObject([{ progress: { asked: 1, told: ['stuck'], request } }]);
  expect(wakeIn.mock.calls).toEqual([[0]]);
});

it('changes nothing of a call that was forgotten while a notice was delivered', async () => {
  const { telling, rows, watches } = await subject(1, async () => void (await watches.remove(rows[0] as Watch)));
  telling.add(rows[0] as Watch, step);
  await telling.ended();
  expect(await watches.list()).toEqual({ rows: [] });
});

it('throws what the inbox failed with, once, and does not ask for it at once', async () => {
  const { telling, rows, watches, wakeIn } = await subject(1, () => {});
  vi.spyOn(watches, 'update').mockRejectedValueOnce(new Error('disk'));
  telling.add(rows[0] as Watch, step);
  await telling.ended();
  expect(() => telling.throwFailure()).toThrow('disk');
  telling.throwFailure();
  expect(wakeIn).not.toHaveBeenCalled();
});
