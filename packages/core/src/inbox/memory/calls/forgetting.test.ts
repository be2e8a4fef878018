import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../../test/memory-subject.ts';
import type { Job } from '../../inbox.ts';

describe('what a memory inbox forgets', () => {
  it('forgets the oldest ended calls first, though they are newer than live ones', async () => {
    const subject = new MemorySubject({ maxCalls: 3 });
    await subject.handle('live1', 'ringing');
    await subject.handle('ended1', 'completed');
    await subject.handle('ended2', 'busy');
    await subject.handle('new1', 'ringing');
    expect(await subject.callIds()).toBe('live1 ended2 new1');
    await subject.handle('new2', 'ringing');
    expect(await subject.callIds()).toBe('live1 new1 new2');
    expect(await subject.inbox.counts()).toMatchObject({ live: 3, ended: 0 });
    expect(await subject.record('ended1', 'completed')).toBe('advance');
  });

  it('forgets the live call that was idle for longest when there is no ended one', async () => {
    const subject = new MemorySubject({ maxCalls: 3 });
    for (const callId of ['a', 'b', 'c']) await subject.handle(callId, 'queued');
    await subject.handle('a', 'ringing');
    await subject.handle('d', 'queued');
    expect(await subject.callIds()).toBe('a c d');
  });

  it('forgets calls with dead letters last, and the letters with them', async () => {
    const subject = new MemorySubject({ maxCalls: 2 });
    await subject.record('dead', 'completed');
    await subject.moveAllToDeadLetters();
    await subject.handle('live1', 'ringing');
    await subject.handle('live2', 'ringing');
    expect(await subject.callIds()).toBe('dead live2');
    await subject.record('live2', 'completed');
    await subject.record('busy', 'ringing');
    expect(await subject.callIds()).toBe('live2 busy');
    expect(await subject.inbox.deadLetters.list()).toEqual({ rows: [] });
    expect(await subject.inbox.counts()).toEqual({ live: 1, ended: 1, waiting: 2, running: 0, dead: 0 });
  });

  it('treats a call as any other once its dead letters are discarded', async () => {
    const subject = new MemorySubject({ maxCalls: 2 });
    await subject.record('dead', 'completed');
    await subject.moveAllToDeadLetters();
    await subject.handle('live1', 'ringing');
    expect(await subject.inbox.deadLetters.discard('dead:completed')).toBe(true);
    await subject.handle('live2', 'ringing');
    expect(await subject.callIds()).toBe('live1 live2');
  });

  it('discards a dead letter of a call that has a job', async () => {
    const subject = new MemorySubject({});
    await subject.record('a', 'ringing');
    await subject.moveAllToDeadLetters();
    await subject.record('a', 'completed');
    expect(await subject.inbox.deadLetters.discard('a:ringing')).toBe(true);
    await subject.finishAll();
    expect(await subject.inbox.counts()).toEqual({ live: 0, ended: 1, waiting: 0, running: 0, dead: 0 });
  });

  it('never forgets unfinished jobs: full of them, it takes no further call until one is done', async () => {
    const subject = new MemorySubject({ maxCalls: 2 });
    await subject.record('a', 'completed');
    await subject.record('b', 'completed');
    const [running] = await subject.takeAll();
    await expect(subject.record('c', 'ringing')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect(await subject.inbox.getCall('acme', 'c')).toBeUndefined();
    expect(await subject.record('b', 'queued')).toBe('late');
    await subject.inbox.finish((running as Job).lease);
    expect(await subject.record('c', 'ringing')).toBe('advance');
    expect(await subject.callIds()).toBe('b c');
  });

  it('is bounded also when one call has all the events', async () => {
    const subject = new MemorySubject({ maxCalls: 2 });
    await subject.handle('other', 'ringing');
    for (let at = 0; at < 20; at++) await subject.handle('flood', 'ringing', `flood${at}`);
    expect(await subject.callIds()).toBe('flood');
    await expect(subject.record('flood', 'ringing', 'one more')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect(await subject.inbox.counts()).toMatchObject({ live: 1, waiting: 0 });
    expect(await subject.handle('next', 'ringing')).toBe('advance');
    expect(await subject.callIds()).toBe('next');
  });

  it('stays within its bounds whatever comes', async () => {
    const subject = new MemorySubject({ maxCalls: 50 });
    for (let at = 0; at < 500; at++) {
      await subject.record(`c${at}`, at % 3 === 0 ? 'ringing' : 'completed');
      if (at % 7 === 0) await subject.moveAllToDeadLetters();
      else await subject.finishAll();
    }
    const { live, ended, dead } = await subject.inbox.counts();
    expect(live + ended).toBe(50);
    expect(dead).toBeLessThanOrEqual(50);
    expect((await subject.inbox.listCalls({ limit: 1000 })).rows).toHaveLength(50);
  });

  it('forgets ended calls after their time, and live ones only after a long silence', async () => {
    const subject = new MemorySubject({ retentionMs: 60_000 });
    await subject.handle('live', 'ringing');
    for (const callId of ['a', 'b', 'c']) await subject.handle(callId, 'completed');
    subject.time += 60_000;
    // Few at a time, so that no callback waits for many.
    await subject.handle('new1', 'ringing');
    expect(await subject.callIds()).toBe('live c new1');
    expect(await subject.record('c', 'completed')).toBe('duplicate');
    await subject.handle('new2', 'ringing');
    expect(await subject.callIds()).toBe('live new1 new2');
    expect(await subject.record('c', 'completed')).toBe('advance');
    await subject.finishAll();
    subject.time += 6 * 60_000;
    await subject.handle('new3', 'ringing');
    expect(await subject.callIds()).toBe('new1 new2 new3');
  });

  it('counts the time of an ended call from its last event', async () => {
    const subject = new MemorySubject({ retentionMs: 60_000 });
    await subject.handle('a', 'completed');
    subject.time += 40_000;
    await subject.handle('a', 'completed', 'a:recording');
    subject.time += 40_000;
    await subject.handle('b', 'ringing');
    expect(await subject.callIds()).toBe('a b');
  });
});

describe('the defaults of a memory inbox', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  it.each([
    ['an ended call', 'completed', DAY_MS],
    ['a live call', 'ringing', 7 * DAY_MS],
  ] as const)('keep %s for its time, to the millisecond', async (_what, status, retentionMs) => {
    for (const [more, known] of [
      [-1, 'a b'],
      [0, 'b'],
      [1, 'b'],
    ] as const) {
      const subject = new MemorySubject({});
      await subject.handle('a', status);
      // The record itself moves the clock by one.
      subject.time += retentionMs + more - 1;
      await subject.handle('b', 'ringing');
      expect(await subject.callIds()).toBe(known);
    }
  });

  it('keep 100,000 calls, and live ones rather than ended ones', async () => {
    const subject = new MemorySubject({});
    const { inbox } = subject;
    await subject.handle('live', 'ringing');
    await subject.handle('ended', 'completed');
    for (let call = 2; call < 100_000; call++) await inbox.record(subject.event(`c${call}`, 'ringing'));
    expect(await inbox.counts()).toMatchObject({ live: 99_999, ended: 1 });
    await subject.record('one more', 'ringing');
    expect(await inbox.counts()).toMatchObject({ live: 100_000, ended: 0 });
    expect(await inbox.getCall('acme', 'ended')).toBeUndefined();
    expect(await inbox.getCall('acme', 'live')).toBeDefined();
    // The live call is the only one without an unfinished job, so the next to go.
    await subject.record('yet another', 'ringing');
    expect(await inbox.getCall('acme', 'live')).toBeUndefined();
    await expect(subject.record('too many', 'ringing')).rejects.toMatchObject({ code: 'inbox_unavailable' });
  });
});
