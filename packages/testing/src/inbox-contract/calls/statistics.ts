import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import { DURATION_BOUNDS, type NewEvent, type StatsQuery, type StatsRow } from '@call-status/core/inbox';
import { assertRejects } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';

const HOUR_MS = 3_600_000;

/** A time on the day before the tests. */
const at = (time: string) =>
  `2025-12-31T${time.length === 5 ? `${time}:00` : time}${time.includes('.') ? '' : '.000'}Z`;

/** The whole period of the calls below, by hours. */
const EVENING = { since: at('20:00'), until: at('23:00'), bucketMs: HOUR_MS };

/** Records events with their times, and what else is known of each. */
async function recordCall(
  t: Bench,
  callId: string,
  ...steps: readonly (readonly [time: string, status: CallStatus, parts?: Partial<NewEvent>])[]
): Promise<void> {
  for (const [step, [time, status, { provider = 'acme', ...parts } = {}]] of steps.entries()) {
    const event = t.event(callId, status, { provider, id: `${callId}/${step}` });
    await t.inbox.record({ ...event, occurredAt: at(time), ...parts });
  }
}

/** Six calls that end in the period, two that end just outside, and one that does not end. */
async function recordEvening(t: Bench): Promise<void> {
  const zenith = { provider: 'zenith', direction: 'inbound' } as const;
  await recordCall(
    t,
    'a',
    ['20:00:00', 'ringing', { direction: 'outbound' }],
    ['20:00:05', 'in-progress', { answered: true }],
    ['20:01:00', 'completed', { durationSeconds: 50, sip: { code: 200 }, quality: { mos: 4 } }],
  );
  await recordCall(
    t,
    'b',
    ['20:10:00', 'ringing', { direction: 'outbound' }],
    ['20:10:15', 'in-progress', { answered: true }],
    ['20:12:00', 'completed', { durationSeconds: 100, quality: { mos: 3 } }],
  );
  const busy = { answered: false, direction: 'inbound', sip: { code: 486 }, error: { code: 'E1' } } as const;
  await recordCall(t, 'c', ['20:20', 'busy', busy]);
  await recordCall(t, 'd', ['20:59:59.999', 'completed', { ...zenith, durationSeconds: 30 }]);
  await recordCall(t, 'e', ['21:00', 'failed', { ...zenith, answered: false, error: { code: 'E2' } }]);
  await recordCall(t, 'f', ['22:59:59.999', 'canceled', { direction: 'outbound' }]);
  await recordCall(t, 'too early', ['19:59:59.999', 'completed']);
  await recordCall(t, 'too late', ['23:00', 'completed']);
  await recordCall(t, 'live', ['20:30', 'in-progress', { answered: true, durationSeconds: 7 }]);
}

/** How many of these durations each bar has: it begins with the bound before, and ends before its own. */
function barsOf(...seconds: readonly number[]): readonly number[] {
  const bounds = [0, ...DURATION_BOUNDS, Number.POSITIVE_INFINITY];
  return bounds.slice(1).map((end, bar) => seconds.filter((one) => one >= (bounds[bar] as number) && one < end).length);
}

const FIRST_HOUR: StatsRow = {
  from: at('20:00'),
  partial: false,
  calls: 4,
  answered: 2,
  answerKnown: 3,
  durationSeconds: { sum: 180, p50: 50, p90: 90, histogram: barsOf(50, 100, 30) },
  ringMs: { p50: 10_000, p90: 14_000 },
  mos: { count: 2, avg: 3.5, p10: 3.1, p50: 3.5 },
};
const SECOND_HOUR: StatsRow = { from: at('21:00'), partial: false, calls: 1, answered: 0, answerKnown: 1 };
const THIRD_HOUR: StatsRow = { from: at('22:00'), partial: false, calls: 1, answered: 0, answerKnown: 0 };

/** Rows whose fractions are cut behind the sixth digit, with the groups of a bucket in the order of their names. */
async function statsOf(inbox: Inbox, query: StatsQuery): Promise<readonly StatsRow[]> {
  const rows = await inbox.stats(query);
  const cut = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value);
  const plain = JSON.parse(JSON.stringify(rows, cut)) as StatsRow[];
  const starts = plain.map(({ from }) => from);
  assert.deepEqual(starts, [...starts].sort());
  const key = ({ from, group = '' }: StatsRow) => `${from} ${group}`;
  return plain.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** How many calls there are in each group of each hour. */
async function groupsOf(t: Bench, by: StatsQuery['by']): Promise<unknown> {
  const rows = await statsOf(t.inbox, { ...EVENING, by: by as 'sip' });
  return rows.map(({ from, group, calls }) => `${from.slice(11, 13)} ${group} ${calls}`);
}

export const STATISTICS: Tests = {
  'counts each ended call in the hour of its end, with percentiles between the values': async (t) => {
    assert.deepEqual(await statsOf(t.inbox, EVENING), []);
    await recordEvening(t);
    assert.deepEqual(await statsOf(t.inbox, EVENING), [FIRST_HOUR, SECOND_HOUR, THIRD_HOUR]);
    const dates = { ...EVENING, since: new Date(EVENING.since), until: new Date(EVENING.until) };
    assert.deepEqual(await statsOf(t.inbox, dates), [FIRST_HOUR, SECOND_HOUR, THIRD_HOUR]);
  },

  'counts durations in bars, each without its upper bound': async (t) => {
    const durations = [0, 4.9, 5, 14.999, 15, 59, 60, 299.9, 300, 3599, 3600, 86_400];
    for (const [call, durationSeconds] of durations.entries()) {
      await recordCall(t, `c${call}`, ['20:30', 'completed', { durationSeconds }]);
    }
    const [row] = await statsOf(t.inbox, EVENING);
    assert.deepEqual(row?.durationSeconds?.histogram, [2, 2, 1, 1, 1, 1, 1, 0, 1, 2]);
  },

  'has rows for each group, and one for the calls that have none': async (t) => {
    await recordEvening(t);
    assert.deepEqual(await groupsOf(t, 'provider'), ['20 acme 3', '20 zenith 1', '21 zenith 1', '22 acme 1']);
    assert.deepEqual(await groupsOf(t, 'status'), ['20 busy 1', '20 completed 3', '21 failed 1', '22 canceled 1']);
    assert.deepEqual(await groupsOf(t, 'direction'), [
      '20 inbound 2',
      '20 outbound 2',
      '21 inbound 1',
      '22 outbound 1',
    ]);
    assert.deepEqual(await groupsOf(t, 'sip'), [
      '20 undefined 2',
      '20 200 1',
      '20 486 1',
      '21 undefined 1',
      '22 undefined 1',
    ]);
    assert.deepEqual(await groupsOf(t, 'error'), ['20 undefined 3', '20 E1 1', '21 E2 1', '22 undefined 1']);
    const [acme] = await statsOf(t.inbox, { ...EVENING, by: 'provider' });
    assert.deepEqual(acme, {
      ...FIRST_HOUR,
      group: 'acme',
      calls: 3,
      durationSeconds: { sum: 150, p50: 75, p90: 95, histogram: barsOf(50, 100) },
    });
  },

  'counts one provider': async (t) => {
    await recordEvening(t);
    assert.deepEqual(await statsOf(t.inbox, { ...EVENING, provider: 'zenith' }), [
      {
        from: at('20:00'),
        partial: false,
        calls: 1,
        answered: 0,
        answerKnown: 0,
        durationSeconds: { sum: 30, p50: 30, p90: 30, histogram: barsOf(30) },
      },
      SECOND_HOUR,
    ]);
    assert.deepEqual(await statsOf(t.inbox, { ...EVENING, provider: 'other' }), []);
  },

  'begins its buckets at any time, and the last one may be cut': async (t) => {
    await recordEvening(t);
    const query = { since: at('20:10:30'), until: at('20:59:59.999'), bucketMs: 1_800_000 };
    const rows = await statsOf(t.inbox, query);
    const counted = rows.map(({ from, partial, calls }) => [from, partial, calls]);
    assert.deepEqual(counted, [[at('20:10:30'), false, 2]]);
    const cut = await statsOf(t.inbox, { ...query, until: at('21:00:00.001') });
    assert.deepEqual(
      cut.map(({ from, partial, calls }) => [from, partial, calls]),
      [
        [at('20:10:30'), false, 2],
        [at('20:40:30'), true, 2],
      ],
    );
  },

  'ends now unless told otherwise, and the bucket that fills is partial': async (t) => {
    const since = new Date(t.clock.now()).toISOString();
    t.clock.advance(1000);
    await t.record('a', 'completed');
    t.clock.advance(HOUR_MS);
    await t.record('b', 'ringing');
    await t.inbox.endCall('acme', 'b', { status: 'failed' });
    t.clock.advance(1000);
    for (const until of [{}, { until: new Date(t.clock.now() + HOUR_MS) }]) {
      const rows = await statsOf(t.inbox, { since, bucketMs: HOUR_MS, ...until });
      assert.deepEqual(
        rows.map(({ partial, calls }) => [partial, calls]),
        [
          [false, 1],
          [true, 1],
        ],
      );
    }
  },

  'counts a call once, by its first end, whatever comes later': async (t) => {
    await recordCall(
      t,
      'a',
      ['20:00', 'in-progress', { quality: { mos: 1 } }],
      ['20:10', 'completed', { durationSeconds: 10, quality: { mos: 0 } }],
      ['21:00', 'busy', { quality: { mos: 2 }, answered: false }],
      ['21:10', 'completed', { durationSeconds: 12, quality: { mos: 4.25 } }],
      ['21:20', 'ringing'],
    );
    assert.deepEqual(await statsOf(t.inbox, EVENING), [
      {
        from: at('20:00'),
        partial: false,
        calls: 1,
        answered: 0,
        answerKnown: 0,
        durationSeconds: { sum: 12, p50: 12, p90: 12, histogram: barsOf(12) },
        mos: { count: 1, avg: 4.25, p10: 4.25, p50: 4.25 },
      },
    ]);
  },

  'knows how long a call rang by the time of its answer, if that is after the ringing began': async (t) => {
    const answered = { answered: true };
    await recordCall(
      t,
      'told',
      ['20:00', 'ringing'],
      ['20:01', 'in-progress', answered],
      ['20:02', 'completed', { answeredAt: at('20:00:20') }],
    );
    await recordCall(t, 'never rang', ['20:00', 'in-progress', answered], ['20:02', 'completed']);
    await recordCall(t, 'rang later', ['20:01', 'ringing'], ['20:00', 'in-progress', answered], ['20:02', 'completed']);
    await recordCall(t, 'not answered', ['20:00', 'ringing'], ['20:02', 'no-answer', { answered: false }]);
    const [row] = await statsOf(t.inbox, EVENING);
    assert.equal(row?.calls, 4);
    assert.deepEqual(row?.ringMs, { p50: 20_000, p90: 20_000 });
  },

  'does not count a call that was erased': async (t) => {
    await recordEvening(t);
    for (const callId of ['a', 'b', 'c', 'e']) await t.inbox.forgetCall(callId === 'e' ? 'zenith' : 'acme', callId);
    const rows = await statsOf(t.inbox, EVENING);
    assert.deepEqual(
      rows.map(({ from, calls }) => [from, calls]),
      [
        [at('20:00'), 1],
        [at('22:00'), 1],
      ],
    );
  },

  'refuses more than a thousand buckets': async (t) => {
    await recordEvening(t);
    const query = { since: EVENING.since, bucketMs: 10_000 };
    const end = Date.parse(EVENING.since) + 10_000 * 1000;
    const rows = await statsOf(t.inbox, { ...query, until: new Date(end) });
    assert.equal(rows.length, 5);
    const more = statsOf(t.inbox, { ...query, until: new Date(end + 1) });
    await assertRejects(more, { code: 'invalid_options' });
  },
};
