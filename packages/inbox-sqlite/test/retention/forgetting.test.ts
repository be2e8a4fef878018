import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { pragma } from '../../src/database/open.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

const NUMBER = '+15550100123';
const REQUEST = { limit: 100, leaseMs: 10_000, owner: 'test' };

function countIn(path: string, table: string): unknown {
  const db = new (loadEngine())(path);
  const count = pragma(db, `SELECT count(*) FROM ${table}`);
  db.close();
  return count;
}

/** Whether a text is anywhere in the files, including pages that SQLite no longer uses. */
function isInFiles(path: string, text: string): boolean {
  return ['', '-wal'].some((part) => readFileSync(path + part).includes(text));
}

describe('a call that is forgotten', () => {
  it('leaves no personal data in the files, not even in unused pages', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    const personal = { from: NUMBER, raw: { From: NUMBER, note: `${NUMBER} `.repeat(3000) } };
    for (let at = 0; at < 150; at++) {
      await inbox.record(anEvent('erased', 'ringing', { id: `acme:erased:${at}`, ...personal }));
      await inbox.record(anEvent(`kept${at % 7}`, 'ringing', { id: `acme:kept:${at}`, from: '+15550100999' }));
    }
    await inbox.record(anEvent('erased', 'completed', personal));
    const { jobs } = await inbox.take(REQUEST);
    const dead = jobs.find(({ event }) => event.callId === 'erased');
    if (dead === undefined) throw new Error('The event was not taken.');
    await inbox.fail(dead.lease, { error: `could not reach ${NUMBER}`, doneHandlers: [] });
    expect(isInFiles(path, NUMBER)).toBe(true);

    expect(await inbox.forgetCall('acme', 'erased')).toBe(true);
    expect(isInFiles(path, NUMBER)).toBe(false);
    expect(isInFiles(path, 'acme:erased:1')).toBe(false);
    expect(isInFiles(path, '+15550100999')).toBe(true);
    expect(await inbox.getCall('acme', 'erased')).toBeUndefined();
    expect(await inbox.deadLetters.list()).toEqual({ rows: [] });
    expect(await inbox.counts()).toEqual({ live: 7, ended: 0, waiting: 143, running: 7, dead: 0 });
    expect([countIn(path, 'erasing'), countIn(path, 'tombstones')]).toEqual([0, 151]);
  });

  it('has duplicates only, even while its events are being removed, and starts over with a new event', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    const events = Array.from({ length: 350 }, (_, at) => anEvent('c1', 'ringing', { id: `acme:c1:${at}` }));
    await Promise.all(events.map((event) => inbox.record(event)));
    const forgotten = inbox.forgetCall('acme', 'c1');
    const meanwhile = await Promise.all(events.map((event) => inbox.record(event)));
    expect(new Set(meanwhile.map(({ transition }) => transition))).toEqual(new Set(['duplicate']));
    expect(await forgotten).toBe(true);
    for (const event of events) expect(await inbox.record(event)).toEqual({ transition: 'duplicate', done: true });
    expect(await inbox.getCall('acme', 'c1')).toBeUndefined();
    expect((await inbox.record(anEvent('c1', 'completed'))).transition).toBe('advance');
    expect((await inbox.getCall('acme', 'c1'))?.events).toHaveLength(1);
  });

  it('is removed completely after the process died in the middle', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    for (let at = 0; at < 130; at++) await inbox.record(anEvent('c1', 'ringing', { id: `acme:c1:${at}` }));
    const db = new (loadEngine())(path);
    db.exec("INSERT INTO erasing SELECT id, 'key', 9e15 FROM calls; DELETE FROM calls; DELETE FROM jobs");
    db.close();
    await inbox.close();
    const next = openInbox({ path, sweepMs: 5 });
    next.onJobs(() => {});
    await expect.poll(() => countIn(path, 'erasing')).toBe(0);
    expect([countIn(path, 'recorded'), countIn(path, 'tombstones')]).toEqual([0, 130]);
  });

  it('ends the leases of its jobs, and only those of its tenant', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    for (const tenant of ['a', 'b']) await inbox.record(anEvent('c1', 'ringing', { id: `acme:${tenant}:c1`, tenant }));
    const { jobs } = await inbox.take(REQUEST);
    expect(await inbox.forgetCall('acme', 'c1')).toBe(false);
    expect(await inbox.forgetCall('acme', 'c1', 'a')).toBe(true);
    const outcomes = [];
    for (const { lease } of jobs) outcomes.push(await inbox.finish(lease));
    expect(outcomes).toEqual(['lost', 'done']);
    expect((await inbox.getCall('acme', 'c1', 'b'))?.tenant).toBe('b');
  });

  it('and was recorded at the same moment hands out no job', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    const [, forgotten, taken] = await Promise.all([
      inbox.record(anEvent('c1')),
      inbox.forgetCall('acme', 'c1'),
      inbox.take(REQUEST),
    ]);
    expect([forgotten, taken.jobs]).toEqual([true, []]);
  });
});

describe('a call that the application ends', () => {
  it('has the given status, which decides the transitions of later events', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    await inbox.record(anEvent('c1'));
    expect(await inbox.endCall('acme', 'c1', { status: 'failed' })).toBe(true);
    expect(await inbox.endCall('acme', 'c1', { status: 'failed' })).toBe(false);
    expect(await inbox.endCall('acme', 'none', { status: 'failed' })).toBe(false);
    expect(await inbox.getCall('acme', 'c1')).toMatchObject({
      status: 'failed',
      terminal: true,
      endedBy: 'application',
    });
    expect(await inbox.counts()).toMatchObject({ live: 0, ended: 1 });
    expect((await inbox.listCalls({ state: 'ended', status: 'failed' })).rows).toHaveLength(1);
    expect((await inbox.record(anEvent('c1', 'completed'))).transition).toBe('conflict');
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c1:completed']);
  });
});

it('a call with many events is read completely, in steps', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  const ids = Array.from({ length: 250 }, (_, at) => `acme:c1:${at}`);
  await Promise.all(ids.map((id) => inbox.record(anEvent('c1', 'ringing', { id }))));
  expect((await inbox.getCall('acme', 'c1'))?.events.map(({ id }) => id).sort()).toEqual(ids.sort());
});
