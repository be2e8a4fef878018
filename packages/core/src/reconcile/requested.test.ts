import { describe, expect, it } from 'vitest';
import type { Watch, WatchProgress } from '../inbox/watches.ts';
import { type CheckRules, conclude, type Learned, look } from './check.ts';
import { reconcileRules } from './rules.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();

const RULES: CheckRules = { ...reconcileRules(), obstacle: undefined, settleMs: 180_000, now: NOW, random: 0.5 };

/** A call that someone wants to be asked for, or an expected one without events. */
function requested(silentMs: number, status: 'ringing' | 'completed' = 'ringing', more: Partial<WatchProgress> = {}) {
  const key = { provider: 'acme', callId: 'c1', revision: 1, dueAt: ago(0), since: ago(silentMs) };
  const call = { status, terminal: status === 'completed', lastEventAt: ago(silentMs) };
  const progress: WatchProgress = { asked: 0, told: [], failures: 0, request: { at: ago(0) }, ...more };
  return { ...key, progress, call } satisfies Watch;
}

function expected(checkInMs: number): Watch {
  const { call: _, progress, ...rest } = requested(HOUR);
  return { ...rest, expected: {}, progress: { ...progress, request: { at: ago(0), checkAt: ago(-checkInMs) } } };
}

const found = (status: 'ringing' | 'in-progress' | 'completed' | 'busy', settled = true): Learned => ({
  wasAsked: true,
  found: { status, settled },
});
const NOT_FOUND: Learned = { wasAsked: true, said: 'not_found' };
const LIMITED: Learned = { wasAsked: false, retryInMs: 7000 };
const answered = (result: string) => ({ request: { at: ago(0), result } });

describe('a call that someone wants to be asked for', () => {
  it('is asked for, however it is', () => {
    for (const watch of [requested(0), requested(HOUR, 'completed'), expected(MINUTE)]) {
      expect(look(watch, RULES)).toEqual({ do: 'ask' });
    }
    const gone = { ...requested(0), call: undefined } as never;
    expect(look(gone, RULES)).toEqual({ do: 'remove' });
  });

  it('is not asked for again once there is an answer', () => {
    const request = { at: ago(0), result: 'unchanged' } as const;
    expect(look(requested(0, 'ringing', { request }), RULES)).toEqual({ do: 'remove' });
    expect(look(requested(HOUR, 'completed', { request }), RULES)).toEqual({ do: 'remove' });
  });

  it.each<[string, Watch, Learned, object]>([
    ['news', requested(0), found('in-progress'), { do: 'record' }],
    ['the end once more', requested(0, 'completed'), found('completed'), { do: 'record' }],
    ['another end', requested(0, 'completed'), found('busy'), { do: 'record' }],
    [
      'life after the end',
      requested(0, 'completed'),
      found('in-progress'),
      { do: 'wait', dueInMs: HOUR, progress: answered('unchanged') },
    ],
    [
      'no news',
      requested(MINUTE),
      found('ringing'),
      { do: 'wait', dueInMs: 2 * MINUTE, progress: answered('unchanged') },
    ],
    ['nothing', requested(MINUTE), NOT_FOUND, { do: 'wait', dueInMs: 2 * MINUTE, progress: answered('not_found') }],
    [
      'nothing of a silent call',
      requested(HOUR),
      NOT_FOUND,
      { do: 'tell', reason: 'stuck', progress: answered('not_found') },
    ],
    ['nothing of an ended one', requested(30 * HOUR, 'completed'), NOT_FOUND, { do: 'wait', dueInMs: HOUR }],
    [
      'nothing of an expected one',
      expected(MINUTE),
      NOT_FOUND,
      { do: 'wait', dueInMs: MINUTE, progress: answered('not_found') },
    ],
    ['nothing of an overdue one', expected(-MINUTE), NOT_FOUND, { do: 'tell', reason: 'never_reported' }],
    [
      'no usable answer',
      requested(0),
      { wasAsked: true, httpStatus: 503 },
      { progress: { request: { result: 'failed', httpStatus: 503 } } },
    ],
  ])('the provider says %s', (_, watch, learned, step) => {
    expect(conclude(watch, learned, RULES)).toMatchObject(step);
  });

  it('waits for its turn, and for figures', () => {
    for (const watch of [requested(0), requested(30 * HOUR, 'completed'), requested(30 * HOUR)]) {
      const { progress } = watch;
      expect(conclude(watch, LIMITED, RULES)).toEqual({ do: 'wait', dueInMs: 7000, progress });
    }
    const unsettled = { do: 'wait', dueInMs: MINUTE, progress: { unsettled: 1, request: { at: ago(0) } } };
    expect(conclude(requested(0), found('completed', false), RULES)).toMatchObject(unsettled);
  });

  it('of a provider that cannot be asked, that is the answer', () => {
    const rules = { ...RULES, obstacle: 'no_api' } as const;
    expect(look(requested(0), rules)).toMatchObject({ do: 'wait', progress: answered('no_api') });
    expect(look(requested(HOUR), rules)).toMatchObject({ do: 'tell', reason: 'stuck', progress: answered('no_api') });
  });
});
