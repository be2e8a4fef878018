import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';

describe('the bytes of a memory inbox', () => {
  const MAX_BYTES = 1_000_000;
  const large = { text: 'x'.repeat(20_000) };

  /** Records large events, each of a call of its own, until there is no room; returns how many. */
  async function fill(subject: MemorySubject, prefix = 'fill'): Promise<number> {
    for (let at = 0; at < 1000; at++) {
      const event = { ...subject.event(`${prefix}${at}`, 'ringing'), raw: large };
      const error = await subject.inbox.record(event).then(() => undefined, Object);
      if (error === undefined) continue;
      expect(error).toMatchObject({ code: 'inbox_unavailable', status: 503 });
      return at;
    }
    throw new Error('It is never full.');
  }

  it('hold unfinished jobs up to the bound, whatever they are', async () => {
    const subject = new MemorySubject({ maxBytes: MAX_BYTES });
    const held = await fill(subject);
    expect(held).toBeGreaterThan(5);
    expect(held).toBeLessThan(MAX_BYTES / 40_000);
    await subject.finishAll();
    expect(await subject.record('next', 'ringing')).toBe('advance');
  });

  it.each([
    ['finished', (subject: MemorySubject) => subject.finishAll()],
    ['dead', (subject: MemorySubject) => subject.moveAllToDeadLetters()],
    [
      'dead and discarded',
      async (subject: MemorySubject) => {
        await subject.moveAllToDeadLetters();
        const { rows } = await subject.inbox.deadLetters.list({ limit: 1000 });
        for (const { event } of rows) await subject.inbox.deadLetters.discard(event.id);
      },
    ],
    [
      'dead, replayed and finished',
      async (subject: MemorySubject) => {
        await subject.moveAllToDeadLetters();
        await subject.inbox.deadLetters.replayAll();
        await subject.finishAll();
      },
    ],
    [
      'erased',
      async (subject: MemorySubject) => {
        const { rows } = await subject.inbox.listCalls({ limit: 1000 });
        for (const { callId } of rows) await subject.inbox.forgetCall('acme', callId);
      },
    ],
  ])('are all free again once everything is %s and forgotten', async (_how, end) => {
    const subject = new MemorySubject({ maxBytes: MAX_BYTES });
    const held = await fill(subject);
    for (let round = 0; round < 3; round++) {
      await end(subject);
      // Calls without jobs give way; erased calls leave their hashes.
      const again = await fill(subject, `again${round}`);
      expect(again).toBeGreaterThanOrEqual(held - 1);
      expect(again).toBeLessThanOrEqual(held);
    }
  });

  it.each([1, 2000])(
    'of dead letters with an error of %i characters are all free once their calls are forgotten',
    async (length) => {
      const subject = new MemorySubject({ maxBytes: MAX_BYTES });
      for (let at = 0; at < 20; at++) {
        await subject.record(`c${at}`, 'ringing');
        for (const { lease } of await subject.takeAll())
          await subject.inbox.fail(lease, { error: 'e'.repeat(length), doneHandlers: [] });
      }
      expect(await subject.inbox.health()).toMatchObject({ dead: 20 });
      for (let at = 0; at < 20; at++) await subject.inbox.forgetCall('acme', `c${at}`);
      // The hashes of what was erased.
      expect((await subject.inbox.health()).store?.bytes).toBe(20 * 160);
    },
  );

  it('are not emptied for an event that never has room', async () => {
    const subject = new MemorySubject({ maxBytes: MAX_BYTES });
    await subject.handle('kept', 'completed');
    const event = { ...subject.event('huge', 'ringing'), raw: { text: 'x'.repeat(MAX_BYTES) } };
    await expect(subject.inbox.record(event)).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect(await subject.callIds()).toBe('kept');
  });

  it('hold long error texts, which are cut, and short ones where there is no room', async () => {
    const subject = new MemorySubject({ maxBytes: MAX_BYTES });
    const held = await fill(subject);
    const error = 'e'.repeat(100_000);
    for (const { lease } of await subject.takeAll()) await subject.inbox.fail(lease, { error, doneHandlers: [] });
    const { rows } = await subject.inbox.deadLetters.list({ limit: 1000 });
    expect(rows).toHaveLength(held);
    const lengths = rows.map((row) => row.error.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(10_000);
    expect(Math.min(...lengths)).toBe(200);
  });

  it('count names, nested fields and lists', async () => {
    const shapes = [
      { ['n'.repeat(20_000)]: 1 },
      { nested: { deeper: ['x'.repeat(20_000)] } },
      Array.from({ length: 300 }, () => ({})),
      'x'.repeat(20_000),
    ];
    for (const raw of shapes) {
      const subject = new MemorySubject({ maxBytes: 200_000 });
      const recorded = Array.from({ length: 40 }, (_, at) =>
        subject.inbox.record({ ...subject.event(`c${at}`, 'ringing'), raw }),
      );
      const settled = await Promise.allSettled(recorded);
      expect(settled.filter(({ status }) => status === 'fulfilled').length, inspect(raw).slice(0, 50)).toBeLessThan(10);
    }
  });
});
