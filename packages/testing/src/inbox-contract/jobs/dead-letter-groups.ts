import assert from 'node:assert/strict';
import type { DeadLetterGroup, DeadLetterQuery, DeadLetters, PageQuery } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { timesFrom } from '../bench/times-from.ts';

type GroupQuery = Omit<DeadLetterQuery, keyof PageQuery>;

let calls = 0;

/** An event that becomes a dead letter with this error. */
async function die(t: Bench, error: string, provider = 'acme'): Promise<string> {
  await t.inbox.record(t.event(`c${++calls}`, 'ringing', { provider }));
  return (await t.moveToDeadLetters(error)).event.id;
}

function groupsOf(t: Bench, query?: GroupQuery): Promise<readonly DeadLetterGroup[]> {
  return (t.inbox.deadLetters as Required<DeadLetters>).groups(query);
}

function bound({ inbox: { deadLetters } }: Bench): Pick<DeadLetters, 'list' | 'replayAll'> {
  return { list: (query) => deadLetters.list(query), replayAll: (query) => deadLetters.replayAll(query) };
}

const countsOf = (groups: readonly DeadLetterGroup[]) => groups.map(({ provider, count }) => [provider, count]);

/** Errors that differ in what differs each time. */
const ALIKE = [
  [
    'Timeout after 500 ms, attempt 1 of call 7f3a9c0e-1b2d-4c3e-8f4a-5b6c7d8e9f01',
    'Timeout after 12000 ms, attempt 2 of call 00000000-1b2d-4c3e-8f4a-5b6c7d8e9f02',
  ],
  ['No such host "db-1.example.com"', 'No such host "another.example.com"'],
  ['Cannot write to a@example.com', 'Cannot write to someone.else@example.org'],
  ['GET https://example.com/a?b=1 failed', 'GET https://example.org/other failed'],
];

export const DEAD_LETTER_GROUPS: Tests = {
  'puts errors together that differ in numbers, ids, quotations and addresses': async (t) => {
    assert.deepEqual(await groupsOf(t), []);
    for (const errors of ALIKE) for (const error of errors) await die(t, error);
    assert.deepEqual(
      (await groupsOf(t)).map(({ count }) => count),
      ALIKE.map(() => 2),
    );
  },

  'lists the most frequent first, apart by provider, with their times': async (t) => {
    const at = timesFrom(t.clock.now());
    await die(t, 'Out of memory');
    t.clock.advance(1000);
    for (let n = 0; n < 3; n++) {
      await die(t, `Status ${500 + n}`, 'zenith');
      t.clock.advance(1000);
    }
    await die(t, 'Status 404');
    await die(t, 'Status 200');
    const groups = await groupsOf(t);
    assertMatches(groups, [
      { provider: 'zenith', count: 3, firstDeadAt: at(1000), lastDeadAt: at(3000) },
      { provider: 'acme', count: 2, firstDeadAt: at(4000), lastDeadAt: at(4000) },
      { provider: 'acme', count: 1, error: 'Out of memory', firstDeadAt: at(0), lastDeadAt: at(0) },
    ]);
    assert.equal(groups[0]?.error, groups[1]?.error);
    assert.deepEqual(countsOf(await groupsOf(t, { provider: 'acme' })), [
      ['acme', 2],
      ['acme', 1],
    ]);
    const some = await groupsOf(t, { since: at(2000), until: new Date(at(4000)) });
    assert.deepEqual(countsOf(some), [['zenith', 2]]);
  },

  'does not count what was replayed, discarded or erased': async (t) => {
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push(await die(t, `Status ${n}`));
    const [replayed = '', discarded = '', erased = ''] = ids;
    await t.inbox.deadLetters.replay(replayed);
    await t.inbox.deadLetters.discard(discarded);
    await t.inbox.forgetCall('acme', erased.split(':')[1] ?? '');
    assert.deepEqual(countsOf(await groupsOf(t)), [['acme', 1]]);
    await t.moveToDeadLetters('Another error now');
    assert.deepEqual(countsOf(await groupsOf(t)), [
      ['acme', 1],
      ['acme', 1],
    ]);
  },

  'finds and replays the dead letters of a group': async (t) => {
    const at = timesFrom(t.clock.now());
    const errors = ['Status 500', 'Out of memory', 'Status 404', 'Status 503'];
    const ids: string[] = [];
    for (const [n, error] of errors.entries()) {
      ids.push(await die(t, error, n === 2 ? 'zenith' : 'acme'));
      t.clock.advance(1000);
    }
    const [first = '', other = '', zeniths = '', last = ''] = ids;
    const [group] = await groupsOf(t);
    const error = group?.error ?? '';
    const { list, replayAll } = bound(t);
    const found = async (query: DeadLetterQuery) => (await list(query)).rows.map(({ event }) => event.id);
    assert.deepEqual(await found({ error }), [last, zeniths, first]);
    assert.deepEqual(await found({ error, provider: 'acme' }), [last, first]);
    assert.deepEqual(await found({ error, since: at(1000), until: at(3000) }), [zeniths]);
    assert.deepEqual(await found({ error: 'Status 500' }), []);
    assert.deepEqual(countsOf(await groupsOf(t, { error })), [
      ['acme', 2],
      ['zenith', 1],
    ]);
    const page = await list({ error, limit: 2 });
    assert.deepEqual(await found({ error, cursor: page.next ?? '' }), [first]);
    assert.equal(await replayAll({ error: 'Status 500' }), 0);
    assert.equal(await replayAll({ error, provider: 'zenith' }), 1);
    assert.equal(await replayAll({ error, until: at(3000) }), 1);
    assert.equal(await replayAll({ error }), 1);
    assert.deepEqual(await found({}), [other]);
  },

  'has at most a hundred': async (t) => {
    const letters = 'ghijklmnopqr'.split('');
    const names = letters.flatMap((a) => letters.map((b) => `wh${a}t ${b}p`));
    for (const name of names.slice(0, 104)) await die(t, name);
    await die(t, names[0] as string);
    const groups = await groupsOf(t);
    assert.equal(groups.length, 100);
    assertMatches(groups[0], { error: names[0], count: 2 });
  },

  'takes any error text': async (t) => {
    for (const error of ['', 'nul\0', '\ud800', '☎'.repeat(5000), `${'"'.repeat(20_000)}`]) await die(t, error);
    const groups = await groupsOf(t);
    for (const { error, count } of groups) assert.equal((await t.inbox.deadLetters.list({ error })).rows.length, count);
    assert.equal(
      groups.reduce((sum, { count }) => sum + count, 0),
      5,
    );
  },
};
