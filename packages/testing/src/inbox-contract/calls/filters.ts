import assert from 'node:assert/strict';
import type { CallStatus } from '@call-status/core';
import { CALL_STATUSES, isTerminal } from '@call-status/core';
import type { CallQuery, NewEvent } from '@call-status/core/inbox';
import { Random } from '../../random.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { expectedTransitions } from '../bench/expected-transitions.ts';
import { readAll } from '../bench/read-all.ts';
import { timesFrom } from '../bench/times-from.ts';

const STEP_MS = 1000;
const CALLS = 40;
const RUNS = 80;

async function find(t: Bench, query: CallQuery): Promise<string[]> {
  return (await readAll((page) => t.inbox.listCalls({ ...query, ...page }))).map(({ callId }) => callId);
}

/** What a test knows of a call that it recorded. */
interface KnownCall {
  readonly callId: string;
  readonly provider: string;
  readonly status: CallStatus;
  readonly answered: boolean | undefined;
  readonly hasConflict: boolean;
  readonly hasDeadLetter: boolean;
  readonly sipCode: number | undefined;
  readonly errorCode: string | undefined;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly from: string;
}

/** Records a call by chance, and says what is to be known of it. */
async function recordAny(t: Bench, callId: string, random: Random): Promise<KnownCall> {
  const provider = random.pick(['acme', 'zenith']);
  const statuses = random.list(1, 3, () => random.pick(CALL_STATUSES));
  const answered = random.pick([true, false, undefined]);
  const from = random.pick(['+15550100001', '+15550100002']);
  const sipCode = random.pick([486, 503, undefined]);
  const errorCode = random.pick(['31005', '486', undefined]);
  const sip = sipCode !== undefined && { sip: { code: sipCode } };
  const error = errorCode !== undefined && { error: { code: errorCode } };
  const firstMs = t.clock.now();
  let lastMs = firstMs;
  for (const [at, status] of statuses.entries()) {
    lastMs = t.clock.now();
    const event = t.event(callId, status, { provider, id: `${callId}/${at}` });
    const first = at === 0 && answered !== undefined && { answered };
    await t.inbox.record({ ...event, from, ...sip, ...error, ...first });
    t.clock.advance(random.below(3) * STEP_MS);
  }
  const hasDeadLetter = random.below(3) === 0;
  for (const _ of statuses) {
    if (hasDeadLetter) await t.moveToDeadLetters();
    else await t.finishOne();
  }
  const transitions = expectedTransitions(statuses);
  const status = statuses[transitions.lastIndexOf('advance')] ?? 'unknown';
  const hasConflict = transitions.includes('conflict');
  return { callId, provider, status, answered, hasConflict, hasDeadLetter, sipCode, errorCode, firstMs, lastMs, from };
}

/** Whether the query means this call. */
function isMeant(call: KnownCall, query: CallQuery, now: number): boolean {
  const { provider, state, status, answered, hasConflict, hasDeadLetter, sipCode, errorCode, search } = query;
  const { since = 0, until = new Date(8.64e15), changedSince = 0, silentForMs } = query;
  return [
    provider === undefined || call.provider === provider,
    state === undefined || isTerminal(call.status) === (state === 'ended'),
    status === undefined || [status].flat().includes(call.status),
    answered === undefined || call.answered === answered,
    hasConflict === undefined || call.hasConflict === hasConflict,
    hasDeadLetter === undefined || call.hasDeadLetter === hasDeadLetter,
    sipCode === undefined || call.sipCode === sipCode,
    errorCode === undefined || call.errorCode === errorCode,
    call.firstMs >= new Date(since).getTime() && call.firstMs < new Date(until).getTime(),
    call.lastMs >= new Date(changedSince).getTime(),
    // Half a second away from every event.
    silentForMs === undefined || (!isTerminal(call.status) && call.lastMs < now - silentForMs),
    search === undefined || call.from.endsWith(search),
  ].every(Boolean);
}

/** Any filters together; none of them falls together with a time of an event. */
function anyQuery(random: Random, startMs: number, nowMs: number): CallQuery {
  const time = () => new Date(startMs - STEP_MS / 2 + random.below((nowMs - startMs) / STEP_MS) * STEP_MS);
  const all: CallQuery = {
    provider: random.pick(['acme', 'zenith']),
    state: random.pick(['live', 'ended'] as const),
    status: random.list(1, 6, () => random.pick(CALL_STATUSES)),
    answered: random.below(2) === 0,
    hasConflict: random.below(2) === 0,
    hasDeadLetter: random.below(2) === 0,
    sipCode: random.pick([486, 503]),
    errorCode: random.pick(['31005', '486']),
    since: time(),
    until: time(),
    changedSince: time().toISOString(),
    silentForMs: random.below(30) * STEP_MS + STEP_MS / 2,
    search: random.pick(['0100001', '0002']),
  };
  const names = Object.keys(all) as (keyof CallQuery)[];
  const chosen = new Set(random.list(1, 3, () => random.pick(names)));
  return Object.fromEntries(Object.entries(all).filter(([name]) => chosen.has(name as keyof CallQuery)));
}

export const FILTERS: Tests = {
  'lists by answer, and does not guess': async (t) => {
    for (const [callId, answered] of [
      ['yes', true],
      ['no', false],
    ] as const) {
      await t.inbox.record({ ...t.event(callId, 'completed'), answered });
    }
    await t.record('unknown', 'completed');
    assert.deepEqual(await find(t, { answered: true }), ['yes']);
    assert.deepEqual(await find(t, { answered: false }), ['no']);
  },

  'lists ended calls of providers that never had a live one': async (t) => {
    await t.record('live', 'ringing');
    for (const provider of ['acme', 'zenith', 'zulu']) {
      for (const status of ['completed', 'busy'] as const) {
        const callId = `${provider}-${status}`;
        await t.inbox.record(t.event(callId, status, { provider, id: callId }));
      }
    }
    assert.deepEqual(await find(t, { status: 'completed' }), ['zulu-completed', 'zenith-completed', 'acme-completed']);
    assert.deepEqual(await find(t, { status: ['busy', 'ringing'] }), ['zulu-busy', 'zenith-busy', 'acme-busy', 'live']);
    assert.deepEqual(await find(t, { status: 'busy', provider: 'zulu' }), ['zulu-busy']);
  },

  'lists the calls that a call made': async (t) => {
    await t.record('parent', 'in-progress');
    for (const callId of ['first', 'second']) {
      await t.inbox.record({ ...t.event(callId, 'ringing'), parentCallId: 'parent' });
    }
    await t.inbox.record({ ...t.event('other', 'ringing'), parentCallId: 'paren' });
    assert.deepEqual(await find(t, { parentCallId: 'parent' }), ['second', 'first']);
    assert.deepEqual(await find(t, { parentCallId: 'parent', state: 'ended' }), []);
    assert.deepEqual(await find(t, { parentCallId: 'first' }), []);
  },

  'lists calls with contradicting ends, and others': async (t) => {
    await t.record('plain', 'completed', 'ringing');
    await t.record('twice', 'completed', 'busy');
    assert.deepEqual(await find(t, { hasConflict: true }), ['twice']);
    assert.deepEqual(await find(t, { hasConflict: false }), ['plain']);
  },

  'lists calls with dead letters, and others': async (t) => {
    await t.record('dead', 'ringing', 'completed');
    const letters = [await t.moveToDeadLetters(), await t.moveToDeadLetters()];
    await t.record('fine', 'ringing');
    assert.deepEqual(await find(t, { hasDeadLetter: true }), ['dead']);
    assert.deepEqual(await find(t, { hasDeadLetter: false }), ['fine']);
    for (const { event } of letters) await t.inbox.deadLetters.discard(event.id);
    assert.deepEqual(await find(t, { hasDeadLetter: true }), []);
    assert.deepEqual(await find(t, { hasDeadLetter: false }), ['fine', 'dead']);
  },

  'lists by the code of a SIP response or of an error, which are those of the last event that has them': async (t) => {
    const failed = (callId: string, more: Partial<NewEvent>) =>
      t.inbox.record({ ...t.event(callId, 'failed', { id: `${callId}/${JSON.stringify(more)}` }), ...more });
    await failed('busy', { sip: { code: 486 } });
    await failed('refused', { sip: { code: 486 } });
    await failed('refused', { sip: { code: 603 } });
    await failed('carrier', { error: { code: '486' } });
    await failed('silent', { error: { message: 'No code: 486' } });
    await t.record('fine', 'completed');
    assert.deepEqual(await find(t, { sipCode: 486 }), ['busy']);
    assert.deepEqual(await find(t, { sipCode: 603 }), ['refused']);
    assert.deepEqual(await find(t, { errorCode: '486' }), ['carrier']);
    assert.deepEqual(await find(t, { sipCode: 486, errorCode: '486' }), []);
    assert.deepEqual(await find(t, { sipCode: 48 }), []);
  },

  'lists live calls that are silent, by the clock of the store': async (t) => {
    await t.record('ended', 'completed');
    await t.record('silent', 'ringing');
    t.clock.advance(60_000);
    await t.record('young', 'ringing');
    t.clock.advance(1000);
    assert.deepEqual(await find(t, { silentForMs: 60_000 }), ['silent']);
    assert.deepEqual(await find(t, { silentForMs: 0 }), ['young', 'silent']);
    await t.inbox.record(t.event('silent', 'ringing', { id: 'a sign of life' }));
    assert.deepEqual(await find(t, { silentForMs: 60_000 }), []);
  },

  'lists calls that changed since a time, also those that began long before': async (t) => {
    const at = timesFrom(t.clock.now());
    await t.record('early', 'ringing');
    await t.record('touched', 'ringing');
    t.clock.advance(STEP_MS);
    await t.record('late', 'ringing');
    await t.record('touched', 'completed');
    assert.deepEqual(await find(t, { changedSince: at(STEP_MS) }), ['late', 'touched']);
    assert.deepEqual(await find(t, { changedSince: at(STEP_MS + 1) }), []);
    assert.deepEqual(await find(t, { changedSince: new Date(at(0)) }), ['late', 'touched', 'early']);
  },

  'lists by any filters together, on pages of any size': async (t) => {
    const random = new Random(7);
    const startMs = t.clock.now();
    const calls: KnownCall[] = [];
    for (let at = 0; at < CALLS; at++) calls.unshift(await recordAny(t, `c${at}`, random));
    const nowMs = t.clock.now();
    let found = 0;
    for (let run = 0; run < RUNS; run++) {
      const query = anyQuery(random, startMs, nowMs);
      const expected = calls.filter((call) => isMeant(call, query, nowMs)).map(({ callId }) => callId);
      const limit = random.below(9) + 1;
      assert.deepEqual(await find(t, { ...query, limit }), expected, JSON.stringify(query));
      found += expected.length;
    }
    assert.ok(found > RUNS);
  },
};
