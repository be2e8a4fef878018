import { readFileSync } from 'node:fs';
import type { Inbox } from '@call-status/core';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { pragma } from '../../src/database/open.ts';
import { APPLICATION_ID } from '../../src/database/schema/schema.ts';
import { VERSION_1 } from '../../src/database/schema/version-1.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

// Calls that are ended, contradicted, closed by the application, erased (whole and in part), with dead letters, and with jobs in every state.
const ROWS = readFileSync(new URL('version-1.sql', import.meta.url), 'utf8');

const NOW = Date.parse('2026-03-02T09:00:40.000Z');

/** A copy of the file of version 1, opened by this version. @param change SQL */
function migrated(change = ''): { path: string; inbox: Inbox; tick(ms: number): void } {
  const path = temporaryFile();
  const db = new (loadEngine())(path);
  db.exec(`${VERSION_1}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1; ${ROWS}; ${change}`);
  db.close();
  let now = NOW;
  const inbox = openInbox({ path, create: false, clock: () => now });
  return {
    path,
    inbox,
    tick(ms) {
      now += ms;
    },
  };
}

it('a file of version 1 has the summaries of version 2', async () => {
  const { path, inbox } = migrated();
  const { rows } = await inbox.listCalls();
  expect(rows.map(({ callId }) => callId)).toEqual([
    'due',
    'running',
    'suspect',
    'retrying',
    'dead',
    'closed',
    'conflict',
    'ended',
  ]);
  const summaries = Object.fromEntries(rows.map((row) => [row.callId, row]));
  expect(summaries['ended']).toEqual({
    provider: 'acme',
    callId: 'ended',
    status: 'completed',
    terminal: true,
    direction: 'outbound',
    from: '+15550100001',
    to: '+15550100002',
    answered: true,
    answeredAt: '2026-03-02T08:59:55.000Z',
    durationSeconds: 35,
    firstEventAt: '2026-03-02T09:00:00.000Z',
    lastEventAt: '2026-03-02T09:00:02.000Z',
    eventCount: 3,
    endedAt: '2026-03-02T09:00:30.000Z',
    answeredBy: 'human',
    sip: { code: 200, phrase: 'OK' },
    mos: 4.5,
    parentCallId: 'parent',
    trust: 'signed',
    hasLate: false,
    hasConflict: false,
    hasDeadLetter: false,
    lastEvent: {
      id: 'acme:ended:completed',
      status: 'completed',
      transition: 'advance',
      receivedAt: '2026-03-02T09:00:02.000Z',
    },
  });
  expect(summaries['conflict']).toMatchObject({
    status: 'busy',
    answered: false,
    trust: 'token',
    hasLate: true,
    hasConflict: true,
  });
  expect(summaries['conflict']).not.toHaveProperty('mos');
  expect(summaries['closed']).toMatchObject({ tenant: 'a', status: 'failed', endedAt: '2026-03-02T09:01:00.000Z' });
  expect(summaries['dead']).toMatchObject({ eventCount: 2, hasDeadLetter: true });
  expect((await inbox.getCall('acme', 'closed', 'a'))?.endedBy).toBe('application');
  expect((await inbox.getCall('acme', 'dead'))?.events).toHaveLength(2);
  const found = async (query: object) => (await inbox.listCalls(query)).rows.map(({ callId }) => callId);
  expect(await found({ search: '0009' })).toEqual(['due']);
  expect(await found({ search: '+1 (555) 0100 001' })).toEqual(['ended']);
  expect(await found({ state: 'live', provider: 'zenith' })).toEqual([]);
  expect(await found({ hasDeadLetter: true })).toEqual(['dead']);
  expect(await inbox.stats?.({ since: '2026-03-02', bucketMs: 86_400_000 })).toMatchObject([{ calls: 4, answered: 1 }]);
  const db = new (loadEngine())(path);
  expect(pragma(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'calls_1%'")).toBe(0);
  db.close();
});

it('a file of version 1 is worked on as before', async () => {
  const { inbox, tick } = migrated();
  expect(await inbox.health()).toMatchObject({ due: 3, retrying: 1, blocked: 1, running: 0, dead: 2, live: 3 });
  const groups = await inbox.deadLetters.groups?.();
  expect(groups).toMatchObject([{ provider: 'acme', error: 'No user * in *', count: 2 }]);
  const token = /'(\d+\.14\.[^']+)'/.exec(ROWS)?.[1] ?? '';
  expect(await inbox.finish({ eventId: 'zenith:running:ringing', token })).toBe('done');
  const taken = async (suspect: boolean) =>
    (await inbox.take({ limit: 9, leaseMs: 1000, owner: 'test', suspect })).jobs.map(({ event }) => event.id);
  expect(await taken(false)).toEqual(['acme:due:ringing', 'zenith:running:completed']);
  expect(await taken(true)).toEqual(['acme:suspect:ringing']);
  expect(await inbox.deadLetters.replay('acme:dead:ringing')).toBe(true);
  expect(await taken(false)).toEqual(['acme:dead:ringing']);
  tick(3_600_000);
  expect(await taken(false)).toEqual(['acme:retrying:ringing']);
  for (const callId of ['gone', 'going']) {
    expect(await inbox.record(anEvent(callId, 'completed'))).toEqual({ transition: 'duplicate', done: true });
  }
  expect(await inbox.record(anEvent('ended', 'completed'))).toEqual({ transition: 'duplicate', done: true });
});

it('a call that version 1 was erasing takes no other call with it', async () => {
  const { inbox } = migrated();
  expect(await inbox.forgetCall('acme', 'conflict')).toBe(true);
  expect((await inbox.getCall('acme', 'dead'))?.events).toHaveLength(2);
  const feed = await inbox.events?.({ limit: 100 });
  const callIds = feed?.rows.map(({ event }) => event.callId);
  expect([...new Set(callIds)]).toEqual(['ended', 'closed', 'dead', 'retrying', 'suspect', 'running', 'due']);
  expect(await inbox.record(anEvent('going', 'completed'))).toEqual({ transition: 'duplicate', done: true });
});

it('a call that version 1 lost the events of is left out', async () => {
  const { inbox } = migrated('DELETE FROM recorded WHERE call IN (7, 8)');
  const { rows } = await inbox.listCalls();
  expect(rows.map(({ callId }) => callId)).toEqual(['suspect', 'retrying', 'dead', 'closed', 'conflict', 'ended']);
  expect(await inbox.health()).toMatchObject({ due: 1, retrying: 1, blocked: 0, running: 0, dead: 2, live: 2 });
  expect(await inbox.counts()).toMatchObject({ live: 2, ended: 4 });
});
