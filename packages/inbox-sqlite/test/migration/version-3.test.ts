import { expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/database/schema/schema.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

const NOW = Date.parse('2026-03-02T09:00:40.000Z');

/** A file of version 3 with a dead letter and two rows of rejected callbacks, as its release wrote them. */
function writtenBefore(): string {
  const path = temporaryFile();
  const db = new (loadEngine())(path);
  for (const migration of MIGRATIONS.slice(0, 3)) migration(db);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
  const event = JSON.stringify(anEvent('dead'));
  db.exec(`
    INSERT INTO recorded (id, call, event_id, transition, event) VALUES (1, 1, 'acme:dead:ringing', 'advance', '${event}');
    INSERT INTO jobs (call, id, event_id, provider, state, takes, failures, done_handlers, error, error_group, dead_at, span_ms, not_before)
    VALUES (1, 1, 'acme:dead:ringing', 'acme', 4, 1, 1, '[]', 'boom', 'boom', ${NOW}, 0, 0)`);
  const refuse = db.prepare(
    'INSERT INTO refusals (provider, code, first_at, last_at, bytes, has_request, refusal) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const [count, at] of [
    [3, NOW],
    [5, NOW - 2 * 86_400_000],
  ] as const) {
    const refusal = { provider: 'acme', code: 'signature_mismatch', url: '/', count };
    refuse.run('acme', 'signature_mismatch', at, at, 50, 0, JSON.stringify(refusal));
  }
  db.exec(`
    INSERT INTO inbox (id, retention_ms, retention_given, boot, clock_offset, swept_at, swept_mono, live, ended, blocked, due, retrying,
      running, dead, refused, refused_bytes)
    VALUES (1, 2592000000, 1, '', 0, ${NOW}, 0, 0, 0, 0, 0, 0, 0, 1, 2, 100)`);
  db.close();
  return path;
}

it('a file of version 3 keeps its dead letters and counts its rejected callbacks', async () => {
  const inbox = openInbox({ path: writtenBefore(), create: false, clock: () => NOW });
  expect((await inbox.health()).refused).toEqual({ kept: 2, lastDay: 3, uncounted: 0 });
  const { rows } = await inbox.deadLetters.list();
  expect(rows).toMatchObject([{ error: 'boom', attempts: 1 }]);
  expect(rows[0]).not.toHaveProperty('handler');
});
