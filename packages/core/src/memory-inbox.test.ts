import { describe, expect, it } from 'vitest';
import { type CallStatus, isTerminal } from './event.ts';
import type { Inbox, Unrecorded, Work } from './inbox.ts';
import { type MemoryInboxOptions, memoryInbox } from './memory-inbox.ts';

/** A small inbox, and a clock that moves a millisecond with each event. */
class Subject {
  time = Date.UTC(2026, 0, 1);
  readonly inbox: Inbox;

  constructor(options: MemoryInboxOptions) {
    this.inbox = memoryInbox({ clock: () => this.time, ...options });
  }

  event(callId: string, status: CallStatus, id = `${callId}:${status}`): Unrecorded {
    return {
      provider: 'acme',
      id,
      callId,
      status,
      rawStatus: status,
      terminal: isTerminal(status),
      receivedAt: new Date(this.time).toISOString(),
      trust: 'none',
      raw: { status },
    };
  }

  async record(callId: string, status: CallStatus, id?: string): Promise<string> {
    this.time++;
    return (await this.inbox.record(this.event(callId, status, id))).transition;
  }

  async takeAll(): Promise<readonly Work[]> {
    return (await this.inbox.take({ limit: 1000, leaseMs: 1000, owner: 'test' })).work;
  }

  async finishAll(): Promise<void> {
    for (let work = await this.takeAll(); work.length > 0; work = await this.takeAll()) {
      for (const { lease } of work) await this.inbox.finish(lease);
    }
  }

  async buryAll(): Promise<void> {
    for (const { lease } of await this.takeAll()) await this.inbox.fail(lease, { error: 'boom', doneHandlers: [] });
  }

  /** Records an event and handles it. */
  async handle(callId: string, status: CallStatus, id?: string): Promise<string> {
    const transition = await this.record(callId, status, id);
    await this.finishAll();
    return transition;
  }

  /** The calls that are known, oldest first. */
  async callIds(): Promise<string> {
    const { rows } = await this.inbox.calls({ limit: 1000 });
    return rows
      .map(({ callId }) => callId)
      .reverse()
      .join(' ');
  }
}

describe('what a memory inbox forgets', () => {
  it('forgets the oldest ended calls first, though they are newer than live ones', async () => {
    const subject = new Subject({ maxCalls: 3 });
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
    const subject = new Subject({ maxCalls: 3 });
    for (const callId of ['a', 'b', 'c']) await subject.handle(callId, 'queued');
    await subject.handle('a', 'ringing');
    await subject.handle('d', 'queued');
    expect(await subject.callIds()).toBe('a c d');
  });

  it('forgets calls with dead letters last, and the letters with them', async () => {
    const subject = new Subject({ maxCalls: 2 });
    await subject.record('dead', 'completed');
    await subject.buryAll();
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
    const subject = new Subject({ maxCalls: 2 });
    await subject.record('dead', 'completed');
    await subject.buryAll();
    await subject.handle('live1', 'ringing');
    expect(await subject.inbox.deadLetters.discard('dead:completed')).toBe(true);
    await subject.handle('live2', 'ringing');
    expect(await subject.callIds()).toBe('live1 live2');
  });

  it('discards a dead letter of a call that has work', async () => {
    const subject = new Subject({});
    await subject.record('a', 'ringing');
    await subject.buryAll();
    await subject.record('a', 'completed');
    expect(await subject.inbox.deadLetters.discard('a:ringing')).toBe(true);
    await subject.finishAll();
    expect(await subject.inbox.counts()).toEqual({ live: 0, ended: 1, waiting: 0, running: 0, dead: 0 });
  });

  it('never forgets unfinished work: full of it, it takes no further call until some is done', async () => {
    const subject = new Subject({ maxCalls: 2 });
    await subject.record('a', 'completed');
    await subject.record('b', 'completed');
    const [running] = await subject.takeAll();
    await expect(subject.record('c', 'ringing')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect(await subject.inbox.call('acme', 'c')).toBeUndefined();
    expect(await subject.record('b', 'queued')).toBe('late');
    await subject.inbox.finish((running as Work).lease);
    expect(await subject.record('c', 'ringing')).toBe('advance');
    expect(await subject.callIds()).toBe('b c');
  });

  it('is bounded also when one call has all the events', async () => {
    const subject = new Subject({ maxCalls: 2 });
    await subject.handle('other', 'ringing');
    for (let at = 0; at < 20; at++) await subject.handle('flood', 'ringing', `flood${at}`);
    expect(await subject.callIds()).toBe('flood');
    await expect(subject.record('flood', 'ringing', 'one more')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect(await subject.inbox.counts()).toMatchObject({ live: 1, waiting: 0 });
    expect(await subject.handle('next', 'ringing')).toBe('advance');
    expect(await subject.callIds()).toBe('next');
  });

  it('stays within its bounds whatever comes', async () => {
    const subject = new Subject({ maxCalls: 50, retainEvents: 5 });
    for (let at = 0; at < 500; at++) {
      await subject.record(`c${at}`, at % 3 === 0 ? 'ringing' : 'completed');
      if (at % 7 === 0) await subject.buryAll();
      else await subject.finishAll();
    }
    const { live, ended, dead } = await subject.inbox.counts();
    expect(live + ended).toBe(50);
    expect(dead).toBeLessThanOrEqual(50);
    expect((await subject.inbox.calls({ limit: 1000 })).rows).toHaveLength(50);
  });

  it('forgets ended calls after their time, and live ones only after a long silence', async () => {
    const subject = new Subject({ retainFor: 60_000 });
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
    const subject = new Subject({ retainFor: 60_000 });
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
  ] as const)('keep %s for its time, to the millisecond', async (_what, status, retainFor) => {
    for (const [more, known] of [
      [-1, 'a b'],
      [0, 'b'],
      [1, 'b'],
    ] as const) {
      const subject = new Subject({});
      await subject.handle('a', status);
      // The record itself moves the clock by one.
      subject.time += retainFor + more - 1;
      await subject.handle('b', 'ringing');
      expect(await subject.callIds()).toBe(known);
    }
  });

  it('keep 100,000 calls, and live ones rather than ended ones', async () => {
    const subject = new Subject({});
    const { inbox } = subject;
    await subject.handle('live', 'ringing');
    await subject.handle('ended', 'completed');
    for (let call = 2; call < 100_000; call++) await inbox.record(subject.event(`c${call}`, 'ringing'));
    expect(await inbox.counts()).toMatchObject({ live: 99_999, ended: 1 });
    await subject.record('one more', 'ringing');
    expect(await inbox.counts()).toMatchObject({ live: 100_000, ended: 0 });
    expect(await inbox.call('acme', 'ended')).toBeUndefined();
    expect(await inbox.call('acme', 'live')).toBeDefined();
    // The live call is the only one without unfinished work, so the next to go.
    await subject.record('yet another', 'ringing');
    expect(await inbox.call('acme', 'live')).toBeUndefined();
    await expect(subject.record('too many', 'ringing')).rejects.toMatchObject({ code: 'inbox_unavailable' });
  });

  it('keep the events of 100 ended calls', async () => {
    const subject = new Subject({});
    for (let call = 0; call <= 100; call++) await subject.handle(`c${call}`, 'completed');
    expect((await subject.inbox.call('acme', 'c0'))?.events).toHaveLength(0);
    expect((await subject.inbox.call('acme', 'c1'))?.events).toHaveLength(1);
  });
});

describe('the options of a memory inbox', () => {
  const KNOWN = 'maxCalls, retainFor, retainEvents, clock';

  function expectIssue(options: unknown, issue: string): void {
    expect(() => memoryInbox(options as MemoryInboxOptions), String(options)).toThrow(
      expect.objectContaining({ code: 'invalid_options', details: { issues: [expect.stringContaining(issue)] } }),
    );
  }

  it.each([
    ['maxCalls', 'a whole number, 1 or more', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null]],
    ['retainFor', 'milliseconds, more than 0', [0, -1, Number.NaN, '10', null]],
    ['retainEvents', 'a whole number, 0 or more', [-1, 1.5, Number.NaN, '10', null]],
    ['clock', 'a function such as Date.now', [0, null, new Date()]],
  ])('refuse a wrong %s', (name, expected, values) => {
    for (const value of values) expectIssue({ [name]: value }, `\`${name}\`: expected ${expected}, got `);
  });

  it('refuse what is no option, and what is no options', () => {
    for (const name of ['maxCall', 'retainfor', 'path']) {
      expectIssue({ [name]: 10 }, `nown: ${KNOWN}.`);
    }
    expectIssue('calls.db', `options: expected an object of ${KNOWN}, got a text.`);
  });

  it('may keep ended calls for ever', async () => {
    const subject = new Subject({ retainFor: Number.POSITIVE_INFINITY });
    await subject.handle('a', 'completed');
    subject.time += 1e12;
    await subject.handle('b', 'completed');
    expect(await subject.callIds()).toBe('a b');
  });
});

describe('what a memory inbox keeps of ended calls', () => {
  it('knows the duplicates of a call with many events, also when it keeps no more than their ids', async () => {
    const subject = new Subject({ retainEvents: 0 });
    for (let event = 0; event < 20; event++) await subject.handle('a', 'completed', `a:${event}`);
    expect((await subject.inbox.call('acme', 'a'))?.events).toEqual([]);
    expect(await subject.record('a', 'completed', 'a:0')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:19')).toBe('duplicate');
    expect(await subject.record('a', 'completed', 'a:20')).toBe('repeat');
    expect((await subject.inbox.calls()).rows).toMatchObject([{ callId: 'a', events: 21 }]);
  });

  it('keeps the events of the newest only, and what tells duplicates and transitions of all', async () => {
    const subject = new Subject({ retainEvents: 1 });
    await subject.handle('a', 'ringing');
    await subject.handle('a', 'busy');
    expect((await subject.inbox.call('acme', 'a'))?.events).toHaveLength(2);
    const [before] = (await subject.inbox.calls()).rows;
    await subject.handle('b', 'completed');

    const endedAt = new Date(before?.lastAt as number).toISOString();
    expect(await subject.inbox.call('acme', 'a')).toEqual({
      provider: 'acme',
      callId: 'a',
      status: 'busy',
      terminal: true,
      outcome: 'busy',
      updatedAt: endedAt,
      events: [],
    });
    expect((await subject.inbox.calls()).rows).toContainEqual(before);
    expect(await subject.record('a', 'ringing')).toBe('duplicate');
    expect(await subject.record('a', 'queued')).toBe('late');
    expect(await subject.record('a', 'completed')).toBe('conflict');
    expect(await subject.inbox.call('acme', 'a')).toMatchObject({
      status: 'busy',
      outcome: 'busy',
      events: [{ status: 'queued' }, { status: 'completed' }],
    });
    expect((await subject.inbox.call('acme', 'b'))?.events).toHaveLength(1);
  });

  it('keeps no events at all when told so', async () => {
    const subject = new Subject({ retainEvents: 0, maxCalls: 1 });
    await subject.handle('a', 'busy');
    expect((await subject.inbox.call('acme', 'a'))?.events).toEqual([]);
    await subject.handle('b', 'busy');
    expect(await subject.callIds()).toBe('b');
  });
});

describe('a memory inbox', () => {
  it('works with the real time and no options', async () => {
    const inbox = memoryInbox();
    const { event } = { event: new Subject({}).event('a', 'ringing') };
    await inbox.record({ ...event, receivedAt: new Date().toISOString() });
    const { nextInMs, work } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'test' });
    expect(work).toHaveLength(1);
    expect(nextInMs).toBe(60_000);
  });

  it('gives retries out in the order of their times', async () => {
    const subject = new Subject({});
    const delays = [50, 20, 70, 10, 40, 60, 30, 20, 80, 0];
    for (const at of delays.keys()) await subject.record(`c${at}`, 'ringing');
    for (const { lease, event } of await subject.takeAll()) {
      const retryInMs = delays[Number(event.callId.slice(1))] as number;
      await subject.inbox.fail(lease, { retryInMs, error: 'boom', doneHandlers: [] });
    }
    const times: number[] = [];
    for (let found = 0; found < delays.length; ) {
      const { work, nextInMs } = await subject.inbox.take({ limit: 100, leaseMs: 1000, owner: 'test' });
      for (const { event, lease } of work) {
        times.push(delays[Number(event.callId.slice(1))] as number);
        await subject.inbox.finish(lease);
        found++;
      }
      if (work.length === 0) subject.time += nextInMs as number;
    }
    expect(times).toEqual([...delays].sort((a, b) => a - b));
  });

  it('skips a retry whose call has gone on in the meantime', async () => {
    const subject = new Subject({});
    await subject.record('a', 'queued');
    await subject.buryAll();
    await subject.record('a', 'ringing');
    for (const { lease } of await subject.takeAll()) {
      await subject.inbox.fail(lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
    }
    await subject.inbox.deadLetters.replay('a:queued');
    const [replayed] = await subject.takeAll();
    subject.time += 5000;
    await subject.inbox.renew([(replayed as Work).lease], 1000);
    expect(await subject.takeAll()).toEqual([]);
    await subject.inbox.finish((replayed as Work).lease);
    expect((await subject.takeAll()).map(({ event }) => event.id)).toEqual(['a:ringing']);
  });

  it('ends only the leases that ran out', async () => {
    const subject = new Subject({});
    await subject.record('a', 'ringing');
    await subject.record('b', 'ringing');
    const [a, b] = (await subject.takeAll()) as [Work, Work];
    subject.time += 500;
    await subject.inbox.renew([b.lease], 1000);
    subject.time += 500;
    const suspects = { limit: 10, leaseMs: 2000, owner: 'test', suspect: true };
    const { work, nextInMs } = await subject.inbox.take(suspects);
    expect(work.map(({ event }) => event.callId)).toEqual(['a']);
    expect(nextInMs).toBe(500);
    expect(await subject.inbox.finish(a.lease)).toBe('lost');
    expect(await subject.inbox.finish(b.lease)).toBe('done');
  });

  it('puts replayed work in its place among the work that waits', async () => {
    const subject = new Subject({});
    const ids = ['e0', 'e1', 'e2', 'e3', 'e4'];
    for (const id of ids) await subject.record('a', 'ringing', id);
    for (const _ of ids.slice(0, 4)) await subject.buryAll();
    for (const id of ['e2', 'e0', 'e3', 'e1']) await subject.inbox.deadLetters.replay(id);
    const order = [];
    for (let [work] = await subject.takeAll(); work !== undefined; [work] = await subject.takeAll()) {
      order.push(work.event.id);
      await subject.inbox.finish(work.lease);
    }
    expect(order).toEqual(ids);
    for (const id of ['f0', 'f1']) await subject.record('a', 'ringing', id);
    await subject.buryAll();
    await subject.buryAll();
    expect(await subject.inbox.deadLetters.replayAll()).toBe(2);
    await subject.record('a', 'ringing', 'f2');
    await subject.finishAll();
    expect(await subject.inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });
});
