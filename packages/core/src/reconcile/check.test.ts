import { describe, expect, it } from 'vitest';
import type { Watch, WatchProgress } from '../inbox/watches.ts';
import { type CheckRules, conclude, type Learned, look } from './check.ts';
import { reconcileRules } from './rules.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const NOTHING: WatchProgress = { asked: 0, told: [], failures: 0 };

const rulesWith = (more: Partial<CheckRules> = {}): CheckRules => ({
  ...reconcileRules(),
  obstacle: undefined,
  settleMs: 0,
  now: NOW,
  random: 0.5,
  ...more,
});

/** A live call that has been silent for so long, or an expected one without events. */
function watched(
  silentMs: number,
  more: Partial<WatchProgress> = {},
  status: 'ringing' | 'in-progress' | 'busy' = 'ringing',
) {
  const key = { provider: 'acme', callId: 'c1', revision: 1, dueAt: ago(0), since: ago(silentMs) };
  const progress = { ...NOTHING, ...more };
  const call = { status, terminal: status === 'busy', lastEventAt: ago(silentMs) };
  return { stuck: { ...key, progress, call } as Watch, expected: { ...key, progress, expected: {} } as Watch };
}

describe('before asking', () => {
  const { failed, told } = { failed: { reason: 'not_ended', error: 'x' }, told: ['not_ended'] } as const;
  it.each<[string, Watch, Partial<CheckRules>, object]>([
    ['a call that is gone', { ...watched(HOUR).stuck, call: undefined } as never, {}, { do: 'remove' }],
    ['a call that has ended', watched(HOUR, {}, 'busy').stuck, {}, { do: 'remove' }],
    ['a call with a recent event', watched(3 * MINUTE - 1).stuck, {}, { do: 'remove' }],
    ['a call that is silent', watched(3 * MINUTE).stuck, {}, { do: 'ask' }],
    ['a call that may be silent for longer', watched(HOUR, {}, 'in-progress').stuck, {}, { do: 'remove' }],
    [
      'a call that the provider knows as live',
      watched(HOUR, { aliveAt: ago(MINUTE) }).stuck,
      {},
      { do: 'wait', dueInMs: 2 * MINUTE },
    ],
    ['a call that lived long ago', watched(HOUR, { aliveAt: ago(3 * MINUTE) }).stuck, {}, { do: 'ask' }],
    ['an expected call', watched(MINUTE).expected, {}, { do: 'ask' }],
    [
      'an expected call, provider not asked',
      watched(MINUTE).expected,
      { obstacle: 'no_api' },
      { do: 'tell', reason: 'never_reported', dueInMs: HOUR },
    ],
    [
      'a silent call, provider not asked',
      watched(HOUR).stuck,
      { obstacle: 'no_api' },
      { do: 'tell', reason: 'stuck', dueInMs: HOUR },
    ],
    ['a notice that failed', watched(HOUR, { failures: 1 }).stuck, {}, { do: 'tell', reason: 'stuck' }],
    ['one that was given up', watched(2 * DAY, { told }).stuck, {}, { do: 'wait', dueInMs: DAY }],
    ['an expected one that was given up', watched(2 * DAY, { told }).expected, {}, { do: 'remove' }],
    [
      'an expected one that was given up, notice failed',
      watched(2 * DAY, { failed }).expected,
      {},
      { do: 'wait', dueInMs: DAY },
    ],
  ])('%s', (_, watch, rules, step) => {
    expect(look(watch, rulesWith(rules))).toMatchObject(step);
  });
});

describe('after asking', () => {
  const found = (status: 'queued' | 'ringing' | 'in-progress' | 'completed' | 'unknown', settled = true): Learned => ({
    wasAsked: true,
    found: { status, settled },
  });
  const unknown: Learned = { wasAsked: true };
  const settleMs = 5 * MINUTE;
  it.each<[string, Watch, Learned, Partial<CheckRules>, object]>([
    ['it has ended', watched(HOUR).stuck, found('completed'), {}, { do: 'record' }],
    ['it has moved on', watched(HOUR).stuck, found('in-progress'), {}, { do: 'record' }],
    ['an expected call lives', watched(HOUR).expected, found('queued'), {}, { do: 'record' }],
    [
      'it has not moved',
      watched(HOUR).stuck,
      found('ringing'),
      {},
      { do: 'wait', dueInMs: 3 * MINUTE, progress: { ...NOTHING, asked: 1, aliveAt: ago(0) } },
    ],
    ['it is behind', watched(HOUR).stuck, found('queued'), {}, { do: 'wait', progress: { aliveAt: ago(0) } }],
    [
      'an unfamiliar status',
      watched(HOUR).stuck,
      found('unknown'),
      {},
      { do: 'tell', reason: 'stuck', progress: { asked: 1 } },
    ],
    [
      'its figures are missing',
      watched(HOUR).stuck,
      found('completed', false),
      { settleMs },
      { do: 'wait', dueInMs: MINUTE, progress: { asked: 1, unsettled: 1 } },
    ],
    [
      'they are still missing',
      watched(HOUR, { unsettled: 2 }).stuck,
      found('completed', false),
      { settleMs },
      { do: 'wait', dueInMs: 5 * MINUTE, progress: { unsettled: 3 } },
    ],
    [
      'they will not come',
      watched(HOUR, { unsettled: 3 }).stuck,
      found('completed', false),
      { settleMs },
      { do: 'record' },
    ],
    [
      'nothing',
      watched(HOUR).stuck,
      unknown,
      {},
      { do: 'tell', reason: 'stuck', dueInMs: MINUTE / 2, progress: { ...NOTHING, asked: 1 } },
    ],
    [
      'nothing again',
      watched(HOUR, { asked: 2, told: ['stuck'] }).stuck,
      unknown,
      {},
      { do: 'wait', dueInMs: 2.5 * MINUTE, progress: { asked: 3 } },
    ],
    [
      'nothing many times',
      watched(HOUR, { asked: 9, told: ['stuck'] }).stuck,
      unknown,
      {},
      { do: 'wait', dueInMs: HOUR / 2 },
    ],
    [
      'nothing, and the provider wants a pause',
      watched(HOUR, { told: ['stuck'] }).stuck,
      { ...unknown, retryInMs: HOUR },
      {},
      { do: 'wait', dueInMs: HOUR },
    ],
    [
      'nothing until shortly before the end',
      watched(DAY - MINUTE, { asked: 9, told: ['stuck'] }).stuck,
      unknown,
      {},
      { do: 'wait', dueInMs: MINUTE },
    ],
    [
      'nothing until the end',
      watched(DAY, { told: ['stuck'] }).stuck,
      unknown,
      {},
      { do: 'tell', reason: 'not_ended' },
    ],
    ['nothing of an expected call', watched(2 * DAY).expected, unknown, {}, { do: 'tell', reason: 'never_reported' }],
    ['nothing of it again', watched(HOUR, { told: ['never_reported'] }).expected, unknown, {}, { do: 'wait' }],
    [
      'nothing of it until the end',
      watched(DAY, { told: ['never_reported'] }).expected,
      unknown,
      {},
      { do: 'tell', reason: 'not_ended' },
    ],
    [
      'nothing, and the notice could not be delivered',
      watched(HOUR, { failed: { reason: 'stuck', error: '' } }).stuck,
      unknown,
      {},
      { do: 'wait' },
    ],
    [
      'it has its turn later',
      watched(HOUR).stuck,
      { wasAsked: false, retryInMs: 7 },
      {},
      { do: 'wait', dueInMs: 7, progress: NOTHING },
    ],
    [
      'it never had its turn',
      watched(DAY).stuck,
      { wasAsked: false, retryInMs: 7 },
      {},
      { do: 'tell', reason: 'not_ended', dueInMs: 7 },
    ],
    [
      'it cannot be asked for',
      watched(HOUR).stuck,
      { wasAsked: false },
      {},
      { do: 'tell', reason: 'stuck', dueInMs: HOUR },
    ],
  ])('%s', (_, watch, learned, rules, step) => {
    expect(conclude(watch, learned, rulesWith(rules))).toMatchObject(step);
  });

  it('the last sign of life counts, from a callback or from the provider', () => {
    const lived = watched(3 * DAY, { aliveAt: ago(HOUR), told: ['stuck'] }).stuck;
    expect(conclude(lived, unknown, rulesWith())).toMatchObject({ do: 'wait' });
  });
});
