import assert from 'node:assert/strict';
import type { CallQuery } from '@call-status/core/inbox';
import type { Bench, Tests } from '../bench/bench.ts';
import { readAll } from '../bench/read-all.ts';

/** The ids of the calls that a search finds, in the order of their names. */
async function find(t: Bench, search: string, more: CallQuery = {}): Promise<string[]> {
  const rows = await readAll((page) => t.inbox.listCalls({ ...more, ...page, search }));
  return rows.map(({ callId }) => callId).sort();
}

async function recordIds(t: Bench, callIds: readonly string[]): Promise<void> {
  for (const callId of callIds) await t.record(callId, 'ringing');
}

/** Two numbers that share digits, and what is no number. */
async function recordNumbers(t: Bench): Promise<void> {
  const parties = {
    a: { from: '+15550100001', to: '+15550199999' },
    b: { from: '+1 (555) 0100-002', to: 'sip:agent@example.com' },
    c: { from: 'anonymous', to: '+15550100001' },
    d: { from: '123', to: '911' },
    e: {},
  };
  for (const [callId, both] of Object.entries(parties)) {
    await t.inbox.record({ ...t.event(callId, 'ringing'), ...both });
  }
}

export const SEARCH: Tests = {
  'finds calls by the beginning of their ids': async (t) => {
    await recordIds(t, ['CA123', 'CA124', 'ca123', 'xCA123', 'CA1']);
    assert.deepEqual(await find(t, 'CA1'), ['CA1', 'CA123', 'CA124']);
    assert.deepEqual(await find(t, 'CA12'), ['CA123', 'CA124']);
    assert.deepEqual(await find(t, 'CA123'), ['CA123']);
    assert.deepEqual(await find(t, 'CA1234'), []);
  },

  'knows no wildcards': async (t) => {
    const callIds = ['a%b', 'a_b', 'a*b', 'a?b', 'a\\b', 'axb', '[a]b', 'a"b', "a'b"];
    await recordIds(t, callIds);
    for (const callId of callIds) assert.deepEqual(await find(t, callId), [callId]);
    for (const search of ['%%%', '___', '***', '???', '\\\\\\', '[a-z]']) assert.deepEqual(await find(t, search), []);
  },

  'finds any characters, and nothing by those that no id can have': async (t) => {
    const callIds = ['☎☎☎☎', '😀😀', 'Grüße', '\uffff\uffff\uffffx'];
    await recordIds(t, callIds);
    for (const callId of callIds) {
      // Whole characters, not half of an emoji.
      const search = Array.from(callId).slice(0, 3).join('');
      assert.deepEqual(await find(t, search), [callId]);
    }
    for (const search of ['nul\0', '\0\0\0', '\ud800\ud800\ud800']) assert.deepEqual(await find(t, search), []);
    assert.deepEqual(await find(t, '☎'.repeat(256)), []);
  },

  'finds the first and the last digits of either number, however they are written': async (t) => {
    await recordNumbers(t);
    for (const search of ['1555010', '+1555010', '+1 (555) 010', '1.555.010', '1-555-010']) {
      assert.deepEqual(await find(t, search), ['a', 'b', 'c'], search);
    }
    assert.deepEqual(await find(t, '15550100001'), ['a', 'c']);
    assert.deepEqual(await find(t, '0001'), ['a', 'c']);
    assert.deepEqual(await find(t, '100-002'), ['b']);
    assert.deepEqual(await find(t, '9999'), ['a']);
    assert.deepEqual(await find(t, '1555'), ['a', 'b', 'c']);
  },

  'finds no number by digits in its middle, by too few, or by a text with letters': async (t) => {
    await recordNumbers(t);
    for (const search of ['5501', '155501000011', '911', '123', '001', '+1 5', '-----', 'x15550100001', 'tel:0001']) {
      assert.deepEqual(await find(t, search), [], search);
    }
  },

  'finds digits in ids and numbers, each call once, on any page': async (t) => {
    for (let at = 0; at < 9; at++) {
      const number = '+15550100555';
      const parties = [{ from: number }, { to: number }, { from: number, to: number }, {}][at % 4];
      await t.inbox.record({ ...t.event(`1555${at}`, at % 2 === 0 ? 'ringing' : 'busy'), ...parties });
    }
    const all = Array.from({ length: 9 }, (_, at) => `1555${at}`);
    for (const limit of [1, 2, 5, 9, 50]) assert.deepEqual(await find(t, '1555', { limit }), all);
    for (const limit of [1, 50]) {
      assert.deepEqual(await find(t, '0555', { limit, state: 'live' }), ['15550', '15552', '15554', '15556', '15558']);
      assert.deepEqual(await find(t, '1555', { limit, status: 'busy' }), ['15551', '15553', '15555', '15557']);
    }
    assert.deepEqual(await find(t, '1555', { provider: 'zenith' }), []);
  },

  'finds a call by the numbers that it has now': async (t) => {
    await t.inbox.record({ ...t.event('a', 'ringing'), to: '+15550100001' });
    await t.inbox.record({ ...t.event('a', 'completed'), to: '+15550100002' });
    assert.deepEqual(await find(t, '0100002'), ['a']);
    assert.deepEqual(await find(t, '0100001'), []);
    await t.inbox.forgetCall('acme', 'a');
    assert.deepEqual(await find(t, '0100002'), []);
  },
};
