import { describe, expect, it, vi } from 'vitest';
import { loadEngine } from '../src/engine.ts';
import { pragma } from '../src/open.ts';
import { anEvent } from './events.ts';
import { handleAll, openInbox, temporaryFile } from './support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

/** An inbox, the time it has, and a way to look into its file. */
function setUp(retainFor: number) {
  const path = temporaryFile();
  let now = START;
  const inbox = openInbox({ path, retainFor, sweepMs: 5, clock: () => now });
  const count = (table: string) => {
    const db = new (loadEngine())(path);
    const rows = pragma(db, `SELECT count(*) FROM ${table}`);
    db.close();
    return rows;
  };
  return {
    inbox,
    count,
    event: (callId: string, status: Parameters<typeof anEvent>[1], id?: string) =>
      anEvent(callId, status, { receivedAt: new Date(now).toISOString(), ...(id !== undefined && { id }) }),
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe('retention', () => {
  it('removes ended calls with their events, and no others', async () => {
    const { inbox, event, advance, count } = setUp(30 * DAY);
    await inbox.record(event('ended', 'ringing'));
    await inbox.record(event('ended', 'completed'));
    await inbox.record(event('live', 'ringing'));
    await inbox.record(event('touched', 'completed'));
    await handleAll(inbox);
    await inbox.record(event('dead', 'completed'));
    const { work } = await inbox.take({ limit: 1, leaseMs: HOUR, owner: 'test' });
    for (const { lease } of work) await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
    await inbox.record(event('waiting', 'completed'));
    advance(29 * DAY);
    await inbox.record(event('touched', 'completed', 'a late recording'));
    const late = await inbox.take({ limit: 9, leaseMs: HOUR, owner: 'test' });
    for (const { lease, event: taken } of late.work) if (taken.callId === 'touched') await inbox.finish(lease);
    await inbox.record(event('new', 'completed'));
    advance(DAY + 1);
    await vi.waitFor(async () => expect(await inbox.call('acme', 'ended')).toBeUndefined());
    const left = (await inbox.calls()).rows.map(({ callId }) => callId);
    expect(left.sort()).toEqual(['dead', 'live', 'new', 'touched', 'waiting']);
    expect(count('events')).toBe(6);
    expect(count('forgotten')).toBe(0);
  });

  it('removes many rows in many steps, and serves between them', async () => {
    const { inbox, event, advance, count } = setUp(30 * DAY);
    await Promise.all(Array.from({ length: 250 }, (_, at) => inbox.record(event('long', 'busy', `long${at}`))));
    await Promise.all(Array.from({ length: 100 }, (_, at) => inbox.record(event('exact', 'busy', `exact${at}`))));
    await Promise.all(Array.from({ length: 200 }, (_, at) => inbox.record(event(`short${at}`, 'busy'))));
    await handleAll(inbox);
    advance(31 * DAY);
    await vi.waitFor(async () => {
      await inbox.record(event('meanwhile', 'ringing'));
      expect(await inbox.counts()).toMatchObject({ ended: 0, live: 1 });
    });
    expect(count('events')).toBe(1);
  });

  it('knows the events of removed calls for seven days, however short calls are kept', async () => {
    const { inbox, event, advance, count } = setUp(HOUR);
    const first = Array.from({ length: 130 }, (_, at) => event('c1', 'completed', `c1/${at}`));
    await Promise.all(first.map((each) => inbox.record(each)));
    await handleAll(inbox);
    advance(HOUR + 1);
    await vi.waitFor(() => expect(count('calls')).toBe(0));
    expect(count('events')).toBe(0);
    for (const each of first) expect(await inbox.record(each)).toEqual({ transition: 'duplicate', done: true });
    expect(count('calls')).toBe(0);

    await inbox.record(event('c1', 'failed'));
    for (const each of first) expect((await inbox.record(each)).transition).toBe('duplicate');
    await handleAll(inbox);
    advance(7 * DAY);
    await vi.waitFor(() => expect(count('forgotten')).toBe(0));
    expect((await inbox.record(event('c1', 'completed', 'c1/0'))).transition).toBe('advance');
  });
});
