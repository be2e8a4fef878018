import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';

describe('what a memory inbox keeps of ended calls', () => {
  it('knows the duplicates of a call with many events, also when it keeps no more than their ids', async () => {
    const subject = new MemorySubject({ retainEvents: 0 });
    for (let event = 0; event < 20; event++) await subject.handle('a', 'completed', `a:${event}`);
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toEqual([]);
    expect(await subject.record('a', 'completed', 'a:0')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:19')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:20')).toBe('repeat');
    expect((await subject.inbox.listCalls()).rows).toMatchObject([{ callId: 'a', eventCount: 21 }]);
  });

  it('keeps the events of the newest only, and what tells duplicates and transitions of all', async () => {
    const subject = new MemorySubject({ retainEvents: 1 });
    await subject.handle('a', 'ringing');
    await subject.handle('a', 'busy');
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toHaveLength(2);
    const [before] = (await subject.inbox.listCalls()).rows;
    await subject.handle('b', 'completed');

    expect(await subject.inbox.getCall('acme', 'a')).toEqual({
      provider: 'acme',
      callId: 'a',
      status: 'busy',
      terminal: true,
      outcome: 'busy',
      firstEventAt: before?.firstEventAt,
      lastEventAt: before?.lastEventAt,
      events: [],
    });
    expect((await subject.inbox.listCalls()).rows).toContainEqual(before);
    expect(await subject.record('a', 'ringing')).toBe('duplicate');
    expect(await subject.record('a', 'queued')).toBe('late');
    expect(await subject.record('a', 'completed')).toBe('conflict');
    expect(await subject.inbox.getCall('acme', 'a')).toMatchObject({
      status: 'busy',
      outcome: 'busy',
      events: [{ status: 'queued' }, { status: 'completed' }],
    });
    expect((await subject.inbox.getCall('acme', 'b'))?.events).toHaveLength(1);
  });

  it('keeps no events at all when told so', async () => {
    const subject = new MemorySubject({ retainEvents: 0, maxCalls: 1 });
    await subject.handle('a', 'busy');
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toEqual([]);
    await subject.handle('b', 'busy');
    expect(await subject.callIds()).toBe('b');
  });
});
