import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { APPLICATION_ID } from '../../src/database/schema/schema.ts';
import { VERSION_1 } from '../../src/database/schema/version-1.ts';
import { VERSION_2 } from '../../src/database/schema/version-2.ts';
import type { SqliteInbox } from '../../src/sqlite-inbox.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

// Calls that are ended, contradicted, closed by the application and erased, with dead letters, with jobs in every state, and one in flight.
const ROWS = readFileSync(new URL('version-2.sql', import.meta.url), 'utf8');

const NOW = Date.parse('2026-03-02T09:00:40.000Z');
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** A copy of the file of version 2, opened by this version. */
function migrated(): SqliteInbox {
  const path = temporaryFile();
  const db = new (loadEngine())(path);
  db.exec(
    `${VERSION_1}; ${VERSION_2}; DROP TABLE calls_1; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 2; ${ROWS}`,
  );
  db.close();
  return openInbox({ path, create: false, clock: () => NOW });
}

it('the events of a file of version 2 have no trace, and later ones may have one', async () => {
  const inbox = migrated();
  await inbox.record(anEvent('new'), { trace: TRACE });
  expect((await inbox.exportCall('acme', 'ended'))?.events.filter(({ trace }) => trace !== undefined)).toEqual([]);
  const { jobs } = await inbox.take({ limit: 9, leaseMs: 1000, owner: 'test' });
  expect(jobs.map(({ event, trace }) => [event.id, trace])).toEqual([
    ['acme:due:ringing', undefined],
    ['acme:new:ringing', TRACE],
  ]);
});

it('a file of version 2 is worked on as before', async () => {
  const inbox = migrated();
  expect(await inbox.health()).toMatchObject({ due: 3, retrying: 1, blocked: 1, running: 1, dead: 2, live: 4 });
  const token = /'([^']+)', \d+, 'test', \d+, \d+, '\[\[10,17,2,/.exec(ROWS)?.[1];
  expect(await inbox.finish({ eventId: 'acme:flying:ringing', token: `10.17.2.${token}` })).toBe('done');
  const [group] = await inbox.deadLetters.groups();
  expect(group).toMatchObject({ count: 2 });
  expect((await inbox.deadLetters.list({ error: group?.error ?? '' })).rows).toHaveLength(2);
  expect(await inbox.deadLetters.replayAll({ error: group?.error ?? '', provider: 'acme' })).toBe(2);
});
