import assert from 'node:assert/strict';
import type { CallSummary, NewEvent } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { timesFrom } from '../bench/times-from.ts';

const FLAGS = { hasLate: false, hasConflict: false, hasDeadLetter: false };

/** The only call in the list. */
async function onlyRow(t: Bench): Promise<CallSummary> {
  const { rows } = await t.inbox.listCalls();
  assert.equal(rows.length, 1);
  return rows[0] as CallSummary;
}

export const SUMMARIES: Tests = {
  'tells all that is known of a call': async (t) => {
    const at = timesFrom(t.clock.now());
    const parties = { from: '+15550100001', to: 'sip:agent@example.com', direction: 'inbound' as const };
    await t.inbox.record({ ...t.event('c1', 'ringing'), ...parties, parentCallId: 'c0', trust: 'signed' });
    t.clock.advance(1000);
    const answer = { answered: true, answeredAt: at(900), answeredBy: 'human' as const };
    await t.inbox.record({ ...t.event('c1', 'in-progress'), ...answer, trust: 'token' });
    t.clock.advance(1000);
    await t.inbox.record({
      ...t.event('c1', 'completed'),
      trust: 'signed',
      occurredAt: at(1900),
      durationSeconds: 1.5,
      sip: { code: 200, phrase: 'OK', callId: 'not in the summary' },
      quality: { mos: 4.25, jitterMin: 1 },
      error: { code: 'E1', message: 'It was cut off.' },
    });
    assert.deepEqual(await onlyRow(t), {
      provider: 'acme',
      callId: 'c1',
      status: 'completed',
      terminal: true,
      ...parties,
      ...answer,
      durationSeconds: 1.5,
      firstEventAt: at(0),
      lastEventAt: at(2000),
      eventCount: 3,
      endedAt: at(1900),
      sip: { code: 200, phrase: 'OK' },
      mos: 4.25,
      error: { code: 'E1', message: 'It was cut off.' },
      parentCallId: 'c0',
      trust: 'token',
      ...FLAGS,
      lastEvent: { id: 'acme:c1:completed', status: 'completed', transition: 'advance', receivedAt: at(2000) },
    });
  },

  'has no part that is unknown': async (t) => {
    const at = timesFrom(t.clock.now());
    await t.record('c1', 'queued');
    assert.deepEqual(await onlyRow(t), {
      provider: 'acme',
      callId: 'c1',
      status: 'queued',
      terminal: false,
      firstEventAt: at(0),
      lastEventAt: at(0),
      eventCount: 1,
      trust: 'none',
      ...FLAGS,
      lastEvent: { id: 'acme:c1:queued', status: 'queued', transition: 'advance', receivedAt: at(0) },
    });
  },

  'takes each detail from the last event that has it, also from one that is late or contradicts': async (t) => {
    const event = (status: NewEvent['status'], parts: Partial<NewEvent>, id = `acme:c1:${status}`) =>
      t.inbox.record({ ...t.event('c1', status, { id }), ...parts });
    await event('completed', { from: '+15550100001', sip: { code: 200 }, error: { message: 'first' }, answered: true });
    await event('ringing', { from: '+15550100002', sip: { code: 180 }, direction: 'web' });
    await event('busy', { to: '+15550100003', error: { code: 'E2' }, answered: false, answeredBy: 'machine' });
    const row = await onlyRow(t);
    assertMatches(row, {
      status: 'completed',
      from: '+15550100002',
      to: '+15550100003',
      direction: 'web',
      sip: { code: 180 },
      answered: true,
      answeredBy: 'machine',
      hasLate: true,
      hasConflict: true,
      lastEvent: { id: 'acme:c1:busy', status: 'busy', transition: 'conflict' },
    });
    assert.deepEqual([row.error, row.sip], [{ code: 'E2' }, { code: 180 }]);
  },

  'says when a call first reached its end, by the clock of the provider if it is known, whatever comes later': async (
    t,
  ) => {
    const at = timesFrom(t.clock.now());
    await t.inbox.record({ ...t.event('told', 'completed'), occurredAt: at(-5000) });
    await t.record('received', 'busy');
    await t.record('stopped', 'ringing');
    t.clock.advance(1000);
    await t.inbox.endCall('acme', 'stopped', { status: 'failed' });
    for (const callId of ['told', 'received', 'stopped']) {
      await t.inbox.record({ ...t.event(callId, 'completed', { id: `${callId}/2` }), occurredAt: at(-9000) });
    }
    const { rows } = await t.inbox.listCalls();
    assert.deepEqual(
      rows.map(({ callId, endedAt }) => [callId, endedAt]),
      [
        ['stopped', at(1000)],
        ['received', at(0)],
        ['told', at(-5000)],
      ],
    );
  },

  'has the score of the end: not of a live call, of a contradiction, or of one that was not measured': async (t) => {
    const scored = (callId: string, status: NewEvent['status'], mos: number, id = `${callId}/${status}`) =>
      t.inbox.record({ ...t.event(callId, status, { id }), quality: { mos } });
    await scored('interim', 'in-progress', 2);
    await scored('ended', 'in-progress', 2);
    await scored('ended', 'completed', 4);
    await scored('later', 'completed', 0);
    await scored('later', 'completed', 3, 'later/again');
    await scored('zero', 'completed', 0);
    await scored('kept', 'completed', 5);
    await scored('kept', 'completed', 0, 'kept/again');
    await scored('kept', 'completed', 5.1, 'kept/yet again');
    await scored('conflict', 'completed', 1);
    await scored('conflict', 'busy', 2);
    await scored('conflict', 'ringing', 3);
    const { rows } = await t.inbox.listCalls();
    assert.deepEqual(Object.fromEntries(rows.map(({ callId, mos }) => [callId, mos])), {
      interim: undefined,
      ended: 4,
      later: 3,
      zero: undefined,
      kept: 5,
      conflict: 1,
    });
  },

  'trusts a call as much as the least of its events': async (t) => {
    const trusts = ['confirmed', 'signed', 'token', 'none'] as const;
    for (const [at, first] of trusts.entries()) {
      for (const [more, second] of trusts.entries()) {
        const callId = `${at}${more}`;
        await t.inbox.record({ ...t.event(callId, 'ringing'), trust: first });
        await t.inbox.record({ ...t.event(callId, 'completed'), trust: second });
      }
    }
    for (const { callId, trust } of (await t.inbox.listCalls()).rows) {
      assert.equal(trust, trusts[Math.max(Number(callId[0]), Number(callId[1]))], callId);
    }
  },

  'says whether one of its events is a dead letter': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    assert.equal((await onlyRow(t)).hasDeadLetter, false);
    const one = await t.moveToDeadLetters();
    const other = await t.moveToDeadLetters();
    assert.equal((await onlyRow(t)).hasDeadLetter, true);
    await t.inbox.deadLetters.replay(one.event.id);
    assert.equal((await onlyRow(t)).hasDeadLetter, true);
    await t.inbox.deadLetters.discard(other.event.id);
    assert.equal((await onlyRow(t)).hasDeadLetter, false);
  },

  'changes with what is recorded, and not with what is delivered again': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const before = await onlyRow(t);
    t.clock.advance(1000);
    await t.inbox.record({ ...t.event('c1', 'ringing'), from: '+15550100001', trust: 'signed' });
    assert.deepEqual(await onlyRow(t), before);
  },
};
