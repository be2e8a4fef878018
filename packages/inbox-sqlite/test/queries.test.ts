import { readFileSync } from 'node:fs';
import { createCallStatus, signalwire } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../src/database/engine.ts';
import { pragma } from '../src/database/open.ts';
import { anEvent } from './events.ts';
import { openInbox, temporaryFile } from './support.ts';

const page = readFileSync(new URL('../../../docs/sqlite.md', import.meta.url), 'utf8');
const queries = [...page.matchAll(/^### (.+)\n\n(?:[^`#\n].*\n\n)?```sql\n([^`]+)```/gm)].map(
  ([, title = '', sql = '']) => ({
    title,
    sql,
  }),
);

const [YES, NO] = [{ answered: true }, { answered: false }];

/** The calls of a morning, as providers tell them: interim figures, recordings that come later, what comes late, and conflicts. */
const MORNING: readonly NewEvent[] = [
  at('09:05', 'c1', 'ringing', { quality: { mos: 0 }, durationSeconds: 0 }),
  at('09:05', 'c1', 'in-progress', { ...YES, quality: { mos: 5 }, durationSeconds: 0 }),
  at('09:06', 'c1', 'completed', { ...YES, direction: 'inbound', durationSeconds: 60, quality: { mos: 4.5 } }),
  at('09:07', 'c1', 'completed', { ...YES, id: 'a recording of c1', durationSeconds: 999, quality: { mos: 1 } }),
  at('09:08', 'c1', 'failed', { ...NO, sip: { code: 500, phrase: 'A conflict' }, quality: { mos: 2 } }),
  at('09:20', 'c2', 'busy', { ...NO, sip: { code: 486, phrase: 'Busy Here' } }),
  at('09:21', 'c2', 'completed', { ...YES, durationSeconds: 700, quality: { mos: 5 } }),
  at('09:59', 'c3', 'completed', { ...YES, direction: 'inbound', durationSeconds: 20.5, quality: { mos: 4 } }),
  at('09:59', 'c3', 'ringing', { id: 'a late event of c3', quality: { mos: 1 } }),
  at('10:00', 'c4', 'completed', { direction: 'outbound', durationSeconds: 30 }),
  at('10:10', 'c5', 'no-answer', { ...NO, sip: { code: 480, phrase: 'Temporarily Unavailable' } }),
  at('10:20', 'c6', 'busy', { ...NO, sip: { code: 486, phrase: 'Busy Here' } }),
  at('10:30', 'c7', 'in-progress', { ...YES, quality: { mos: 1 } }),
  at('10:31', 'c8', 'ringing'),
  at('10:32', 'c8', 'in-progress', YES),
  at('10:33', 'c9', 'ringing'),
  at('10:40', 'z1', 'completed', { provider: 'zenith', direction: 'web', durationSeconds: 5, quality: { mos: 3 } }),
  // An inbound call that no agent took, and one that was answered before it ended without a word of that.
  at('11:00', 'z2', 'completed', { ...NO, provider: 'zenith', direction: 'inbound', durationSeconds: 0 }),
  at('11:10', 'z3', 'in-progress', { ...YES, provider: 'zenith', direction: 'inbound' }),
  at('11:20', 'z3', 'completed', { provider: 'zenith', direction: 'inbound', durationSeconds: 12 }),
];

function at(time: string, callId: string, status: Parameters<typeof anEvent>[1], more?: Partial<NewEvent>): NewEvent {
  return anEvent(callId, status, { receivedAt: `2026-03-02T${time}:00.000Z`, ...more });
}

const ANSWERS: Readonly<Record<string, readonly object[]>> = {
  'Success rate by hour': [
    { hour: '2026-03-02 09:00', calls: 3, success_percent: 66.7 },
    { hour: '2026-03-02 10:00', calls: 4, success_percent: 50 },
    { hour: '2026-03-02 11:00', calls: 2, success_percent: 50 },
  ],
  'Answer rate by provider': [
    { provider: 'acme', calls: 5, answered_percent: 40 },
    { provider: 'zenith', calls: 2, answered_percent: 50 },
  ],
  'Average MOS by provider': [
    { provider: 'acme', calls: 2, mos: 4.25 },
    { provider: 'zenith', calls: 1, mos: 3 },
  ],
  'Calls in progress': [
    { provider: 'acme', call_id: 'c7', since: '2026-03-02 10:30:00' },
    { provider: 'acme', call_id: 'c8', since: '2026-03-02 10:31:00' },
  ],
  'Failures by SIP code': [
    { sip_code: 486, sip_phrase: 'Busy Here', calls: 2 },
    { sip_code: 480, sip_phrase: 'Temporarily Unavailable', calls: 1 },
  ],
  'Average duration': [
    { provider: 'acme', direction: 'inbound', calls: 2, seconds: 40.3 },
    { provider: 'acme', direction: 'outbound', calls: 1, seconds: 30 },
    { provider: 'zenith', direction: 'inbound', calls: 1, seconds: 12 },
    { provider: 'zenith', direction: 'web', calls: 1, seconds: 5 },
  ],
};

/** Keeps what happened on that day, whenever the test runs. */
const clock = () => Date.parse('2026-03-03T00:00:00.000Z');

describe('the queries of docs/sqlite.md', () => {
  it('are all tried here', () => {
    expect(queries.map(({ title }) => title)).toEqual(Object.keys(ANSWERS));
  });

  for (const { title, sql } of queries) {
    it(`answers: ${title}`, async () => {
      const path = temporaryFile();
      const inbox = openInbox({ path, clock });
      for (const event of MORNING) await inbox.record(event);
      const db = new (loadEngine())(path);
      const rows = db
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
      db.close();
      expect(rows).toEqual(ANSWERS[title]);
    });
  }
});

describe('the columns of events', () => {
  it('tell what the event tells, and nothing where it tells nothing', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, clock });
    const full = anEvent('c1', 'failed', {
      rawStatus: 'FAILED',
      direction: 'outbound',
      from: '+12025550101',
      to: '+12025550102',
      occurredAt: '2026-03-02T09:00:00.000Z',
      receivedAt: '2026-03-02T09:00:01.000Z',
      sequence: 3,
      durationSeconds: 1.5,
      answeredBy: 'human',
      parentCallId: 'c0',
      recording: { url: 'https://example.com/r1' },
      sip: { code: 503, phrase: 'Service Unavailable' },
      quality: { mos: 4.1 },
      error: { code: '31005', message: 'gone' },
      custom: 'order 7',
      raw: { CallStatus: 'FAILED', Empty: '' },
    });
    await inbox.record(full);
    await inbox.record(anEvent('c2', 'ringing', { receivedAt: '2026-03-02T09:00:02.000Z' }));
    const db = new (loadEngine())(path);
    const [first, second] = db
      .prepare('SELECT * FROM events')
      .all()
      .map((row) => ({ ...row }));
    db.close();
    expect(first).toMatchObject({
      provider: 'acme',
      call_id: 'c1',
      event_id: 'acme:c1:failed',
      status: 'failed',
      raw_status: 'FAILED',
      terminal: 1,
      transition: 'advance',
      direction: 'outbound',
      from_number: '+12025550101',
      to_number: '+12025550102',
      occurred_at: '2026-03-02T09:00:00.000Z',
      received_at: '2026-03-02T09:00:01.000Z',
      sequence: 3,
      duration_seconds: 1.5,
      answered_by: 'human',
      parent_call_id: 'c0',
      recording_url: 'https://example.com/r1',
      sip_code: 503,
      sip_phrase: 'Service Unavailable',
      mos: 4.1,
      error_code: '31005',
      error_message: 'gone',
      custom: 'order 7',
      trust: 'none',
      raw: '{"CallStatus":"FAILED","Empty":""}',
    });
    expect(second).toMatchObject({ terminal: 0, direction: null, duration_seconds: null, sip_code: null, mos: null });
  });
});

describe('what a provider tells in a wrong type', () => {
  const VALUES = [1.5, 1e300, 1e19, -1, 0, true, '', 'x', '7', { a: 1 }, [1], null];
  const NAMES = [
    'direction',
    'from',
    'to',
    'occurredAt',
    'sequence',
    'durationSeconds',
    'answeredBy',
    'parentCallId',
    'recording',
    'legs',
    'sip',
    'quality',
    'error',
    'custom',
  ];

  it('is recorded as it is, in every part, and every query still answers', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, clock });
    for (const [at, value] of VALUES.entries()) {
      const parts = Object.fromEntries(NAMES.map((name) => [name, value]));
      const inner = {
        recording: { url: value },
        sip: { code: value, phrase: value },
        quality: { mos: value },
        error: { code: value, message: value },
      };
      for (const [kind, more] of [parts, inner].entries()) {
        const event = { ...anEvent(`c${at}-${kind}`, 'completed', { raw: value }), ...more } as NewEvent;
        expect((await inbox.record(event)).transition).toBe('advance');
        const call = await inbox.getCall('acme', event.callId);
        expect(call?.events).toEqual([{ ...event, transition: 'advance' }]);
      }
    }
    const db = new (loadEngine())(path);
    expect(db.prepare('SELECT * FROM events').all()).toHaveLength(2 * VALUES.length);
    for (const { sql } of queries) db.prepare(sql).all();
    const typeOf = (callId: string, column: string) =>
      pragma(db, `SELECT typeof(${column}) FROM events WHERE call_id = '${callId}'`);
    expect(typeOf('c0-1', 'sip_code')).toBe('real');
    expect(typeOf('c7-0', 'duration_seconds')).toBe('text');
    db.close();
  });

  it('is recorded as a real callback sends it', async () => {
    const calls = createCallStatus({
      providers: [signalwire({ token: 't' })],
      inbox: openInbox({ path: temporaryFile() }),
      log: { info() {}, warn() {}, error() {} },
    });
    for (const more of ['SequenceNumber=1.5', `SequenceNumber=${'9'.repeat(20)}`, 'SipResultCode=486.5']) {
      const body = new TextEncoder().encode(`CallSid=CA1&CallStatus=busy&${more}`);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${body.length}` };
      const request = { method: 'POST', url: '/?token=t', headers, origin: 'https://example.com', body };
      expect((await calls.provider('signalwire').receive(request))?.status).toBe(200);
    }
    await calls.close();
  });
});
