import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../../test/memory-subject.ts';

describe('what a memory inbox keeps of ended calls', () => {
  it('knows the duplicates of a call with many events', async () => {
    const subject = new MemorySubject({});
    for (let event = 0; event < 20; event++) await subject.handle('a', 'completed', `a:${event}`);
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toHaveLength(20);
    expect(await subject.record('a', 'completed', 'a:0')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:19')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:20')).toBe('repeat');
    expect((await subject.inbox.listCalls()).rows).toMatchObject([{ callId: 'a', eventCount: 21 }]);
  });

  it('tells duplicates, late events and conflicts of each', async () => {
    const subject = new MemorySubject({});
    await subject.handle('a', 'ringing');
    await subject.handle('a', 'busy');
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toHaveLength(2);
    const [before] = (await subject.inbox.listCalls()).rows;
    await subject.handle('b', 'completed');
    expect(await subject.inbox.getCall('acme', 'a')).toMatchObject({
      status: 'busy',
      terminal: true,
      outcome: 'busy',
      firstEventAt: before?.firstEventAt,
      lastEventAt: before?.lastEventAt,
    });
    expect((await subject.inbox.listCalls()).rows).toContainEqual(before);
    expect(await subject.record('a', 'ringing')).toBe('duplicate');
    expect(await subject.record('a', 'queued')).toBe('late');
    expect(await subject.record('a', 'completed')).toBe('conflict');
    expect(await subject.inbox.getCall('acme', 'a')).toMatchObject({ status: 'busy', outcome: 'busy' });
    expect((await subject.inbox.getCall('acme', 'a'))?.events).toHaveLength(4);
    expect((await subject.inbox.getCall('acme', 'b'))?.events).toHaveLength(1);
  });
});
