import { expect, it } from 'vitest';
import { isTerminal, type Transition } from '../../event.ts';
import type { NewEvent } from '../inbox.ts';
import { type CallRow, columnsOf, mergeColumns } from './call-columns.ts';
import { summaryOf } from './summary.ts';

const AT = '2026-03-02T09:00:00.000Z';
const second = (seconds: number) => new Date(Date.parse(AT) + seconds * 1000).toISOString();

const anEvent = (status: NewEvent['status'], more: object = {}): NewEvent => ({
  provider: 'acme',
  id: `acme:c1:${status}`,
  callId: 'c1',
  status,
  rawStatus: status,
  terminal: isTerminal(status),
  receivedAt: AT,
  source: 'callback',
  trust: 'signed',
  raw: {},
  ...more,
});

/** The row after events with these transitions. */
const rowAfter = (...events: readonly (readonly [NewEvent, Transition])[]): CallRow => {
  const row = events.reduce<CallRow | undefined>(
    (before, [event, transition]) => mergeColumns(before, columnsOf(event), transition),
    undefined,
  );
  return row as CallRow;
};

const DETAILS = {
  direction: 'inbound',
  from: '+1 555-010-0001',
  to: 'sip:15550100002@pbx7.example',
  answered: true,
  answeredAt: second(5),
  occurredAt: second(9),
  durationSeconds: 3.5,
  answeredBy: 'human',
  sip: { code: 200, phrase: 'OK' },
  quality: { mos: 4.2 },
  error: { code: '13224', message: 'Invalid number' },
  parentCallId: 'c0',
};

it('an event provides the columns of its call', () => {
  expect(columnsOf(anEvent('completed', { ...DETAILS, tenant: 't1' }))).toEqual({
    provider: 'acme',
    tenant: 't1',
    call_id: 'c1',
    event_id: 'acme:c1:completed',
    status: 'completed',
    terminal: true,
    received_at: Date.parse(AT),
    direction: 'inbound',
    from_number: '+1 555-010-0001',
    to_number: 'sip:15550100002@pbx7.example',
    from_digits: '15550100001',
    to_digits: '15550100002',
    answered: true,
    answered_at: Date.parse(second(5)),
    in_progress_at: null,
    ringing_at: null,
    ended_at: Date.parse(second(9)),
    duration_seconds: 3.5,
    answered_by: 'human',
    sip_code: 200,
    sip_phrase: 'OK',
    mos: 4.2,
    error_code: '13224',
    error_message: 'Invalid number',
    parent_call_id: 'c0',
    trust: 'signed',
  });
});

it('the time of a status is when the event occurred, or else when it was received', () => {
  const received = Date.parse(AT);
  expect(columnsOf(anEvent('ringing'))).toMatchObject({ ringing_at: received, in_progress_at: null, ended_at: null });
  expect(columnsOf(anEvent('in-progress'))).toMatchObject({ ringing_at: null, in_progress_at: received });
  expect(columnsOf(anEvent('busy', { occurredAt: second(1) })).ended_at).toBe(received + 1000);
  expect(columnsOf(anEvent('busy', { occurredAt: 'yesterday' })).ended_at).toBe(received);
});

it('values of another type count as absent', () => {
  const wrong = Object.fromEntries(Object.keys(DETAILS).map((name) => [name, 7]));
  const nothing = columnsOf(anEvent('completed'));
  expect(columnsOf(anEvent('completed', { ...wrong, durationSeconds: '7' }))).toEqual(nothing);
  expect(columnsOf(anEvent('completed', { sip: null, quality: null, error: null }))).toEqual(nothing);
  const inside = { sip: { code: '486', phrase: 1 }, quality: { mos: '4' }, error: { code: 1, message: {} } };
  expect(columnsOf(anEvent('completed', inside))).toEqual(nothing);
  for (const code of [486.5, -1, 1000]) {
    expect(columnsOf(anEvent('completed', { sip: { code } })).sip_code).toBeNull();
  }
  for (const mos of [0, 0.9, 5.1, Number.NaN]) {
    expect(columnsOf(anEvent('completed', { quality: { mos } })).mos).toBeNull();
  }
  for (const durationSeconds of [Number.NaN, Number.POSITIVE_INFINITY, 1.7e308, -1]) {
    expect(columnsOf(anEvent('completed', { durationSeconds })).duration_seconds).toBeNull();
  }
});

it('long texts are cut, and characters that no store keeps are replaced', () => {
  const long = 'x'.repeat(5000);
  const columns = columnsOf(anEvent('failed', { from: long, to: 'a\0b\ud800', error: { code: long, message: long } }));
  expect(columns.from_number).toHaveLength(256);
  expect(columns.to_number).toBe('a\ufffdb\ufffd');
  expect(columns.error_code).toHaveLength(256);
  expect(columns.error_message).toHaveLength(1000);
});

it('the row of a call has each detail of the last event that has it', () => {
  const first = anEvent('ringing', { ...DETAILS, answered: undefined, from: '+15550100009', occurredAt: second(1) });
  const empty = anEvent('in-progress', { receivedAt: second(2) });
  const row = rowAfter([first, 'advance'], [empty, 'advance'], [anEvent('completed', DETAILS), 'advance']);
  const { event_id, received_at, ...columns } = columnsOf(anEvent('completed', DETAILS));
  expect(row).toEqual({
    ...columns,
    ringing_at: Date.parse(second(1)),
    in_progress_at: Date.parse(second(2)),
    first_event_at: received_at,
    last_event_at: Date.parse(second(2)),
    event_count: 3,
    ended_by: null,
    has_late: false,
    has_conflict: false,
    has_dead_letter: false,
    last_event_id: event_id,
    last_event_status: 'completed',
    last_event_transition: 'advance',
    last_event_received_at: received_at,
  });
  expect(rowAfter([anEvent('completed', DETAILS), 'advance'], [anEvent('queued'), 'late'])).toMatchObject(columns);
});

it('a number without digits replaces the digits of the one before', () => {
  const anonymous = anEvent('ringing', { from: 'anonymous', to: 'client:me' });
  const row = rowAfter([anEvent('queued', DETAILS), 'advance'], [anonymous, 'advance']);
  expect(row).toMatchObject({ from_number: 'anonymous', from_digits: null, to_number: 'client:me', to_digits: null });
});

it('an error replaces the one before, and so does a SIP response', () => {
  const code = anEvent('ringing', { error: { code: '1' }, sip: { code: 180 } });
  const text = anEvent('failed', { error: { message: 'busy' }, sip: { phrase: 'Busy Here' } });
  const textOnly = { error_code: null, error_message: 'busy', sip_code: null, sip_phrase: 'Busy Here' };
  expect(rowAfter([code, 'advance'], [text, 'advance'], [anEvent('failed'), 'repeat'])).toMatchObject(textOnly);
  const codeOnly = { error_code: '1', error_message: null, sip_code: 180, sip_phrase: null };
  expect(rowAfter([text, 'advance'], [code, 'late'])).toMatchObject(codeOnly);
});

it('a call stays answered, and a conflicting outcome changes nothing about how it ended', () => {
  const yes = anEvent('in-progress', { answered: true });
  const no = anEvent('no-answer', { answered: false, quality: { mos: 1 }, occurredAt: second(5) });
  expect(rowAfter([yes, 'advance'], [anEvent('completed', { answered: false }), 'advance']).answered).toBe(true);
  expect(rowAfter([no, 'advance'], [yes, 'late']).answered).toBe(true);
  expect(rowAfter([no, 'advance'], [anEvent('no-answer'), 'repeat']).answered).toBe(false);
  const ended = anEvent('completed', { quality: { mos: 4 }, occurredAt: second(1) });
  expect(rowAfter([ended, 'advance'], [no, 'conflict'])).toMatchObject({
    status: 'completed',
    answered: null,
    mos: 4,
    ended_at: Date.parse(second(1)),
    has_conflict: true,
    has_late: false,
    last_event_transition: 'conflict',
  });
});

it('the mean opinion score is that of the end', () => {
  const scored = (status: NewEvent['status'], mos: number) => anEvent(status, { quality: { mos } });
  expect(rowAfter([scored('ringing', 2), 'advance']).mos).toBeNull();
  const end = [scored('completed', 0), 'advance'] as const;
  expect(rowAfter(end, [scored('completed', 4), 'repeat'], [scored('in-progress', 2), 'late']).mos).toBe(4);
});

it('a call was first ringing and in progress at the earliest time', () => {
  const at = (status: NewEvent['status'], seconds: number) => anEvent(status, { occurredAt: second(seconds) });
  const row = rowAfter([at('ringing', 3), 'advance'], [at('in-progress', 5), 'advance'], [at('ringing', 1), 'late']);
  expect(row).toMatchObject({ ringing_at: Date.parse(second(1)), in_progress_at: Date.parse(second(5)) });
  expect(row).toMatchObject({ status: 'in-progress', has_late: true });
  expect(mergeColumns(row, columnsOf(anEvent('completed')), 'advance').has_late).toBe(true);
});

it('the weakest proof counts', () => {
  const trusted = (trust: NewEvent['trust']) => [anEvent('ringing', { trust }), 'repeat'] as const;
  expect(rowAfter(trusted('signed'), trusted('signed')).trust).toBe('signed');
  expect(rowAfter(trusted('signed'), trusted('token'), trusted('signed')).trust).toBe('token');
  expect(rowAfter(trusted('none'), trusted('token')).trust).toBe('none');
  expect(rowAfter(trusted('token'), trusted('confirmed')).trust).toBe('token');
  expect(rowAfter(trusted('confirmed'), trusted('signed')).trust).toBe('signed');
  expect(rowAfter(trusted('confirmed')).trust).toBe('confirmed');
});

it('a list shows what the row has', () => {
  const row = rowAfter([anEvent('in-progress', { receivedAt: second(1) }), 'advance'], [anEvent('ringing'), 'late']);
  const bare = {
    provider: 'acme',
    callId: 'c1',
    status: 'in-progress',
    terminal: false,
    answeredAt: second(1),
    firstEventAt: second(1),
    lastEventAt: second(1),
    eventCount: 2,
    trust: 'signed',
    hasLate: true,
    hasConflict: false,
    hasDeadLetter: false,
    lastEvent: { id: 'acme:c1:ringing', status: 'ringing', transition: 'late', receivedAt: AT },
  };
  expect(summaryOf(row)).toEqual(bare);
  // As SQLite stores booleans.
  const stored = { ...row, terminal: 0, has_late: 1, has_conflict: 0, has_dead_letter: 1, answered: 0 };
  expect(summaryOf(stored)).toEqual({ ...bare, hasDeadLetter: true, answered: false });
});

it('a list shows every detail', () => {
  const { occurredAt, quality, ...details } = DETAILS;
  const summary = summaryOf(rowAfter([anEvent('completed', { ...DETAILS, tenant: 't1' }), 'advance']));
  expect(summary).toMatchObject({ ...details, tenant: 't1', terminal: true, endedAt: occurredAt, mos: quality.mos });
  const onlyCodes = anEvent('failed', { sip: { code: 486 }, error: { code: '1' } });
  expect(summaryOf(rowAfter([onlyCodes, 'advance']))).toMatchObject({ sip: { code: 486 }, error: { code: '1' } });
  const onlyTexts = { sip: { phrase: 'Busy Here' }, error: { message: 'busy' } };
  expect(summaryOf(rowAfter([anEvent('failed', onlyTexts), 'advance']))).toMatchObject(onlyTexts);
});
