import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import type { CallQuery, NewEvent } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { readAll } from '../bench/read-all.ts';
import { timesFrom } from '../bench/times-from.ts';

export const CALLS: Tests = {
  'folds a call': async (t) => {
    await t.record('c1', 'ringing', 'in-progress', 'completed');
    const call = await t.inbox.getCall('acme', 'c1');
    assertMatches(call, { provider: 'acme', callId: 'c1', status: 'completed', terminal: true });
    assert.deepEqual(
      call?.events.map(({ status }) => status),
      ['ringing', 'in-progress', 'completed'],
    );
    assert.equal(await t.inbox.getCall('acme', 'c2'), undefined);
    assert.equal(await t.inbox.getCall('zenith', 'c1'), undefined);
  },

  'lists the newest first, with what each of them is': async (t) => {
    const at = timesFrom(t.clock.now());
    await t.record('c1', 'ringing');
    t.clock.advance(1000);
    await t.record('c2', 'unknown');
    t.clock.advance(1000);
    await t.record('c1', 'busy', 'completed', 'queued');
    const page = await t.inbox.listCalls();
    assertMatches(page.rows, [
      {
        provider: 'acme',
        callId: 'c2',
        status: 'unknown',
        terminal: false,
        firstEventAt: at(1000),
        lastEventAt: at(1000),
        eventCount: 1,
      },
      {
        provider: 'acme',
        callId: 'c1',
        status: 'busy',
        terminal: true,
        firstEventAt: at(0),
        lastEventAt: at(2000),
        eventCount: 4,
      },
    ]);
    assert.ok(!('next' in page));
  },

  'says whether a call was answered: proofs outweigh, and what contradicts the outcome does not count': async (t) => {
    const answered = (callId: string, status: CallStatus, value: boolean): NewEvent => ({
      ...t.event(callId, status),
      answered: value,
    });
    await t.inbox.record(answered('c1', 'in-progress', true));
    await t.inbox.record(answered('c1', 'failed', false));
    await t.inbox.record(answered('c2', 'busy', false));
    await t.inbox.record(answered('c2', 'completed', true));
    await t.inbox.record(t.event('c3', 'completed'));
    const { rows } = await t.inbox.listCalls();
    const listed = rows.map((row) => [row.callId, row.answered]);
    assert.deepEqual(listed, [
      ['c3', undefined],
      ['c2', false],
      ['c1', true],
    ]);
    for (const [callId, value] of listed)
      assert.equal((await t.inbox.getCall('acme', String(callId)))?.answered, value);
  },

  'tells in each row the parties, the duration and the direction, as the last event said that had them': async (t) => {
    const parties = { from: '+15550100001', to: '+15550100002', direction: 'outbound' as const };
    await t.inbox.record({ ...t.event('c1', 'ringing'), ...parties });
    await t.inbox.record({ ...t.event('c1', 'completed'), durationSeconds: 7, to: '+15550100003' });
    await t.record('c2', 'ringing');
    const [c2, c1] = (await t.inbox.listCalls()).rows;
    assertMatches(c1, { ...parties, to: '+15550100003', durationSeconds: 7 });
    assert.deepEqual(
      Object.keys(c2 ?? {}).filter((name) => name in parties || name === 'durationSeconds'),
      [],
    );
  },

  'tells in each row when the call was answered, as the call itself does': async (t) => {
    const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, seconds)).toISOString();
    await t.inbox.record({ ...t.event('told', 'in-progress'), occurredAt: at(9) });
    await t.inbox.record({ ...t.event('told', 'completed'), answeredAt: at(10) });
    await t.inbox.record({ ...t.event('told', 'in-progress', { id: 'late' }), occurredAt: at(8) });
    await t.inbox.record({ ...t.event('seen', 'in-progress'), occurredAt: at(20) });
    await t.inbox.record({ ...t.event('seen', 'in-progress', { id: 'a leg' }), occurredAt: at(19) });
    await t.inbox.record({ ...t.event('seen', 'in-progress', { id: 'another' }), occurredAt: at(21) });
    await t.record('received', 'in-progress');
    await t.record('never', 'ringing', 'no-answer');
    const { rows } = await t.inbox.listCalls();
    assert.deepEqual(
      rows.map(({ callId, answeredAt }) => [callId, answeredAt]),
      [
        ['never', undefined],
        ['received', new Date(t.clock.now()).toISOString()],
        ['seen', at(19)],
        ['told', at(10)],
      ],
    );
    for (const { callId, answeredAt } of rows) {
      const call = await t.inbox.getCall('acme', callId);
      assert.equal(call?.answeredAt, answeredAt);
    }
  },

  'lists by status, one or several': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c2', 'busy');
    await t.record('c3', 'ringing', 'completed');
    const callIds = async (query: CallQuery) => (await t.inbox.listCalls(query)).rows.map(({ callId }) => callId);
    assert.deepEqual(await callIds({ status: 'ringing' }), ['c1']);
    assert.deepEqual(await callIds({ status: ['ringing', 'completed'] }), ['c3', 'c1']);
    assert.deepEqual(await callIds({ status: 'busy', state: 'live' }), []);
    assert.deepEqual(await callIds({ status: [] }), []);
    const pages = await readAll((page) => t.inbox.listCalls({ ...page, status: ['busy', 'completed'], limit: 1 }));
    assert.deepEqual(
      pages.map(({ callId }) => callId),
      ['c3', 'c2'],
    );
  },

  'lists by provider, state and time': async (t) => {
    const at = timesFrom(t.clock.now());
    for (let call = 0; call < 6; call++) {
      const provider = call % 2 === 0 ? 'acme' : 'zenith';
      await t.inbox.record(t.event(`c${call}`, call < 3 ? 'completed' : 'ringing', { provider }));
      t.clock.advance(1000);
    }
    const callIds = async (query: Parameters<Inbox['listCalls']>[0]) =>
      (await t.inbox.listCalls(query)).rows.map(({ callId }) => callId);
    assert.deepEqual(await callIds({}), ['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
    assert.deepEqual(await callIds({ provider: 'acme' }), ['c4', 'c2', 'c0']);
    assert.deepEqual(await callIds({ state: 'live' }), ['c5', 'c4', 'c3']);
    assert.deepEqual(await callIds({ state: 'ended' }), ['c2', 'c1', 'c0']);
    assert.deepEqual(await callIds({ since: at(1000), until: at(3000) }), ['c2', 'c1']);
    assert.deepEqual(await callIds({ since: new Date(at(1000)), until: new Date(at(3000)) }), ['c2', 'c1']);
    assert.deepEqual(await callIds({ since: at(1000).replace('Z', '+00:00'), until: at(3000) }), ['c2', 'c1']);
    assert.deepEqual(await callIds({ provider: 'acme', state: 'ended', since: at(1) }), ['c2']);
  },

  'pages through all of them, none twice, also while events arrive': async (t) => {
    for (let at = 0; at < 10; at++) await t.record(`c${at}`, 'ringing');
    let round = 0;
    const rows = await readAll(async (page) => {
      await t.record(`new${round}`, 'ringing');
      await t.record(`c${round}`, 'in-progress');
      round++;
      return t.inbox.listCalls({ ...page, limit: 3 });
    });
    const seen = rows.map(({ callId }) => callId).filter((callId) => callId.startsWith('c'));
    assert.deepEqual(seen, ['c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
  },

  'pages through a filtered list': async (t) => {
    for (let at = 0; at < 9; at++) await t.record(`c${at}`, at % 3 === 0 ? 'busy' : 'ringing');
    const rows = await readAll((page) => t.inbox.listCalls({ ...page, state: 'live', limit: 2 }));
    assert.deepEqual(
      rows.map(({ callId }) => callId),
      ['c8', 'c7', 'c5', 'c4', 'c2', 'c1'],
    );
  },

  'has fifty rows on a page unless told otherwise, and no next page after the last row': async (t) => {
    await Promise.all(Array.from({ length: 51 }, (_, at) => t.record(`c${at}`, 'ringing')));
    const first = await t.inbox.listCalls();
    assert.equal(first.rows.length, 50);
    const second = await t.inbox.listCalls({ cursor: first.next as string });
    assert.equal(second.rows.length, 1);
    assert.ok(!('next' in second));
    assert.ok(!('next' in (await t.inbox.listCalls({ limit: 51 }))));
  },

  counts: async (t) => {
    assert.deepEqual(await t.inbox.counts(), { live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
    await t.record('c1', 'ringing');
    await t.moveToDeadLetters();
    await t.record('c2', 'queued', 'completed');
    const job = await t.takeOne();
    await t.inbox.fail(job.lease, { retryInMs: 1000, error: 'boom', doneHandlers: [] });
    await t.record('c3', 'busy', 'ringing');
    await t.takeOne();
    await t.record('c4', 'canceled');
    await t.finishOne();
    assert.deepEqual(await t.inbox.counts(), { live: 1, ended: 3, waiting: 3, running: 1, dead: 1 });
  },
};
