import type { NewEvent } from '@call-status/core/inbox';
import { describe, expect, it } from 'vitest';
import { ALL, INBOXES, subject } from './board-under-test.ts';

const NUMBERS = { From: '+15550100001', To: '+15550100002' };
const PLUS_ID = 'CA-+15550100003';

describe.each(INBOXES)('calls of an inbox in %s', (_, makeInbox) => {
  it('are listed, the newest first, with masked numbers', async () => {
    const { get, receive } = subject({ inbox: makeInbox() });
    expect((await get('/api/calls')).body).toEqual({ rows: [] });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing', ...NUMBERS });
    await receive({ CallSid: 'CA2', CallStatus: 'completed', ...NUMBERS });
    const { body } = await get('/api/calls');
    expect(body.rows).toMatchObject([
      { callId: 'CA2', status: 'completed', from: '+1555•••0001', to: '+1555•••0002', key: expect.any(String) },
      { callId: 'CA1', status: 'ringing' },
    ]);
    const first = await get('/api/calls?limit=1&unknown=1&provider=');
    expect(first.body.rows).toHaveLength(1);
    const second = await get(`/api/calls?limit=1&cursor=${first.body.next}`);
    expect(second.body.rows).toMatchObject([{ callId: 'CA1' }]);
  });

  it('are filtered', async () => {
    const { get, receive, lines, inbox } = subject({ inbox: makeInbox() });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing', ...NUMBERS });
    await receive({ CallSid: 'CA2', CallStatus: 'completed', ...NUMBERS });
    const [event] = (await inbox.getCall('mycpaas', 'CA2'))?.events ?? [];
    await inbox.record({ ...(event as NewEvent), id: 'CA2/again', sip: { code: 200 }, error: { code: '31005' } });
    lines.length = 0;
    const found: Readonly<Record<string, readonly string[]>> = {
      'state=live': ['CA1'],
      'state=ended': ['CA2'],
      'status=busy,completed': ['CA2'],
      'status=busy': [],
      'search=CA1': ['CA1'],
      'search=0100002': ['CA2', 'CA1'],
      'provider=exotel': [],
      'stuck=true': [],
      'stuck=false': ['CA2', 'CA1'],
      'conflict=true': [],
      'conflict=false': ['CA2', 'CA1'],
      'dead=true': [],
      'sip=200': ['CA2'],
      'sip=486': [],
      'error=31005': ['CA2'],
      'error=200': [],
      'since=2020-01-01&until=2021-01-01': [],
      'changedSince=2020-01-01': ['CA2', 'CA1'],
    };
    for (const [query, ids] of Object.entries(found)) {
      const { body } = await get(`/api/calls?${query}`);
      expect([query, body.rows.map(({ callId }: { callId: string }) => callId)]).toEqual([query, ids]);
    }
    const wrong = [
      'limit=0',
      'limit=x',
      'state=x',
      'since=x',
      'answered=maybe',
      'sip=busy',
      'sip=1000',
      'search=a',
      'cursor=%00',
      'provider=%00',
    ];
    for (const query of wrong) {
      const { status, body } = await get(`/api/calls?${query}`);
      expect([status, body]).toEqual([400, { code: expect.stringMatching(/^invalid_/), message: expect.any(String) }]);
    }
    expect(lines).toEqual([]);
  });

  it('have everything about one of them', async () => {
    const { get, receive, calls } = subject({ inbox: makeInbox(), can: ALL });
    await calls.provider('mycpaas' as never).expect({ callId: 'CA1', withinMs: 60_000, custom: 'order-1' });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing', SequenceNumber: '1', ...NUMBERS });
    await receive({ CallSid: 'CA1', CallStatus: 'completed', SequenceNumber: '2', Note: "it's\u202e", ...NUMBERS });
    await receive({ CallSid: 'CA2', CallStatus: 'busy', ParentCallSid: 'CA1' });
    const { rows } = (await get('/api/calls')).body;
    const keyOf = (id: string) => rows.find(({ callId }: { callId: string }) => callId === id).key;
    const { body } = await get(`/api/call?key=${keyOf('CA1')}`);
    expect(body).toMatchObject({
      row: { callId: 'CA1', key: keyOf('CA1'), from: '+15550100001', eventCount: 2, hasDeadLetter: false },
      call: { status: 'completed', outcome: 'completed' },
      events: [
        { status: 'ringing', handling: { state: expect.any(String) }, raw: { CallSid: 'CA1' } },
        { status: 'completed', transition: 'advance', source: 'callback', trust: 'token' },
      ],
      children: [{ callId: 'CA2', key: keyOf('CA2') }],
      watch: { expected: { custom: 'order-1' } },
    });
    expect(body.call.events).toBeUndefined();
    expect(body.events[1].curl).toMatch(/^curl -X POST 'https:\/\/YOUR-HOST\/.*CallStatus=completed.*it%27s%E2%80%AE/);
    expect((await get(`/api/call?key=${keyOf('CA2')}`)).body).toMatchObject({
      parent: { callId: 'CA1' },
      children: [],
    });
  });

  it('hide what a visitor may not see of one of them', async () => {
    const { get, receive, calls } = subject({ inbox: makeInbox() });
    await receive({ CallSid: PLUS_ID, CallStatus: 'ringing', CallerName: 'Alice Example', ...NUMBERS });
    await calls
      .provider('mycpaas' as never)
      .expect({ callId: PLUS_ID, withinMs: 60_000, custom: 'order-1', to: '+15550100009' });
    const [row] = (await get('/api/calls')).body.rows;
    expect(row.callId).toBe('CA-+1555•••0003');
    const again = (await get('/api/calls')).body.rows[0];
    expect(again.key).toBe(row.key);
    const { status, body } = await get(`/api/call?key=${row.key}`);
    expect(status).toBe(200);
    const text = JSON.stringify(body) + Buffer.from(row.key.slice(1), 'base64url').toString('latin1');
    expect(text).not.toMatch(/555010000|5550100003|Alice|order-1/);
    expect(body.events[0]).not.toHaveProperty('raw');
    expect(body.events[0]).not.toHaveProperty('curl');
    expect(body.call.callerName).toBe('A•••');
  });

  it('are not found by keys that are unknown, foreign or broken', async () => {
    const { get, receive } = subject({ inbox: makeInbox() });
    const other = subject();
    await other.receive({ CallSid: PLUS_ID, CallStatus: 'ringing' });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing' });
    const sealed = (await other.get('/api/calls')).body.rows[0].key;
    const encoded = (value: unknown): string => `p${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
    const keys = [
      'p',
      's',
      'x',
      'sAAAA',
      sealed,
      'p'.repeat(10_000),
      encoded(['mycpaas', '', 'CA9']),
      encoded([1, 2, 3]),
    ];
    for (const key of [...keys, encoded(['mycpaas', '', '\ud800']), encoded(['a'])]) {
      expect((await get(`/api/call?key=${key}`)).body.code, key).toBe('not_found');
    }
    expect((await get('/api/call')).body.message).toContain('`key` is missing');
  });
});

it('an inbox that cannot export a call shows it all the same', async () => {
  const { get, receive, inbox } = subject();
  Object.assign(inbox, { exportCall: undefined });
  await receive({ CallSid: 'CA1', CallStatus: 'ringing', ...NUMBERS });
  await receive({ CallSid: 'CA1', CallStatus: 'queued', ...NUMBERS });
  const [{ key }] = (await get('/api/calls')).body.rows;
  expect((await get(`/api/call?key=${key}`)).body).toMatchObject({ row: { status: 'ringing', eventCount: 2 } });
});

it('an event with nested fields is sent again as JSON, without what changes a terminal', async () => {
  const { get, calls } = subject({ can: ALL });
  const request = {
    method: 'POST',
    url: '/?token=secret',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ CallSid: 'CA1', CallStatus: 'busy', Nested: { a: "'\u009b\u202e;" } })),
  };
  await calls.provider('mycpaas' as never).receive(request);
  const [{ key }] = (await get('/api/calls')).body.rows;
  const { curl } = (await get(`/api/call?key=${key}`)).body.events[0];
  expect(curl).toContain("-H 'content-type: application/json' --data-raw '{");
  expect(curl).toContain(String.raw`'\''\u009b\u202e;`);
});
