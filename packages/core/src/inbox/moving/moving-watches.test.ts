import { expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';
import { memoryInbox } from '../memory-inbox.ts';
import type { Watch } from '../watches.ts';
import { moveInbox } from './move-inbox.ts';

const HOUR_MS = 3_600_000;
const SILENT = { provider: 'acme', callId: 'silent' };
const EXPECTED = { provider: 'acme', callId: 'expected', tenant: 'a' };
const PROGRESS = { asked: 2, told: ['stuck'], failures: 0 } as const;

/** An inbox with a live call that is watched, and an expected call. */
async function filled() {
  const subject = new MemorySubject({ clock: Date.now });
  await subject.record('silent', 'ringing');
  const from = subject.inbox;
  await from.watches.add([{ ...SILENT, dueInMs: 0 }]);
  await from.watches.add([{ ...EXPECTED, dueInMs: HOUR_MS, expected: { custom: 'x' } }]);
  const watch = (await from.watches.get(SILENT)) as Watch;
  await from.watches.update(watch, { dueInMs: HOUR_MS, progress: PROGRESS });
  return { from, before: (await from.watches.list()).rows };
}

/** What does not depend on the inbox; the next check may move by the time that moving takes. */
function lasting({ revision: _, dueAt, ...watch }: Watch) {
  expect(Math.abs(Date.parse(dueAt) - Date.now() - HOUR_MS)).toBeLessThan(60_000);
  return watch;
}

it('a watch moves with its call, and one of an expected call by itself', async () => {
  const { from, before } = await filled();
  const to = memoryInbox();
  const inbox = moveInbox(from, to);
  await inbox.ready?.();
  expect(await inbox.moved).toEqual({ calls: 1, events: 1 });
  expect((await to.watches.list()).rows.map(lasting)).toEqual(before.map(lasting));
  expect(await from.watches.list()).toEqual({ rows: [] });
  const watch = (await inbox.watches.get(EXPECTED)) as Watch;
  expect(await inbox.watches.update(watch, { dueInMs: 0, progress: PROGRESS })).toBe(true);
  expect(await inbox.watches.remove(watch)).toBe(false);
  expect((await inbox.watches.due({ limit: 9 })).rows).toMatchObject([EXPECTED]);
  expect((await inbox.watches.list({ state: 'stuck' })).rows).toMatchObject([SILENT]);
  expect(await inbox.watches.lead('a', HOUR_MS)).toBe(true);
  expect(await to.watches.lead('b', HOUR_MS)).toBe(false);
});

it('a watch that is still in the old inbox is moved when it is asked for, or added again', async () => {
  const { from } = await filled();
  const inbox = moveInbox(from, memoryInbox());
  expect(await inbox.watches.add([{ ...SILENT, dueInMs: 0 }])).toBe(0);
  expect(await inbox.watches.get(SILENT)).toMatchObject({ progress: PROGRESS, call: { status: 'ringing' } });
  expect(await inbox.watches.get(EXPECTED)).toMatchObject({ expected: { custom: 'x' } });
  expect(await from.watches.list()).toEqual({ rows: [] });
});

it('a watch of a call that the new inbox had already is moved, too', async () => {
  const { from } = await filled();
  const to = new MemorySubject({});
  await to.record('silent', 'queued');
  const inbox = moveInbox(from, to.inbox);
  expect(await inbox.watches.get(SILENT)).toMatchObject({ progress: PROGRESS, call: { status: 'ringing' } });
});
