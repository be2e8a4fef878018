import { describe, expect, it } from 'vitest';
import { goesOn, layOut } from '../../app/call/waterfall-layout.ts';
import type { CallDetail, CallRow, EventRow } from '../../src/api/types.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');

function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

function event(status: string, occurred: number | undefined, received: number, more: Partial<EventRow> = {}): EventRow {
  return {
    id: `${status}${received}`,
    status,
    transition: 'advance',
    source: 'callback',
    receivedAt: at(received),
    ...(occurred !== undefined && { occurredAt: at(occurred) }),
    ...more,
  } as EventRow;
}

function detail(
  call: object,
  events: readonly EventRow[] = [event('queued', 0, 0.5)],
  children: readonly CallRow[] = [],
) {
  return { call: { terminal: false, ...call }, events, children } as unknown as CallDetail;
}

/** The spans of a lane, in seconds since the start. */
function spansOf(laid: ReturnType<typeof layOut>, lane = 0) {
  return laid.lanes[lane]?.spans.map(({ status, from, to }) => [status, (from - START) / 1000, (to - START) / 1000]);
}

const ENDED = {
  terminal: true,
  queuedAt: at(0),
  ringingAt: at(2),
  answeredAt: at(10),
  endedAt: at(60),
  lastEventAt: at(61),
};

describe('the lane of the call', () => {
  it('has a bar for each status, from one to the next', () => {
    expect(spansOf(layOut(detail(ENDED), 0))).toEqual([
      ['queued', 0, 2],
      ['ringing', 2, 10],
      ['in-progress', 10, 60],
    ]);
  });

  it('goes on until now while the call is live', () => {
    const laid = layOut(detail({ queuedAt: at(0), ringingAt: at(2) }), START + 7000);
    expect(spansOf(laid)).toEqual([
      ['queued', 0, 2],
      ['ringing', 2, 7],
    ]);
    expect(laid.to).toBe(START + 7000);
  });

  it('leaves out times after the end, as of a clock that is wrong', () => {
    expect(spansOf(layOut(detail({ ...ENDED, answeredAt: at(99) }), 0))).toEqual([
      ['queued', 0, 2],
      ['ringing', 2, 60],
    ]);
  });
});

it('a leg without times is as long as it was, up to the end of the call', () => {
  const legs = [{ status: 'completed', durationSeconds: 30, number: '+15550100001' }, { status: 'busy' }];
  const laid = layOut(detail({ ...ENDED, legs, to: '+15550100001' }), 0);
  expect(laid.lanes.map(({ label }) => label)).toEqual(['Call', 'Leg 1, callee', 'Leg 2']);
  expect(spansOf(laid, 1)).toEqual([['completed', 30, 60]]);
  expect(laid.lanes[1]?.spans[0]?.isPlaced).toBe(false);
  expect(laid.lanes[2]?.spans).toEqual([]);
});

it('a child call has a lane of its own, with a link', () => {
  const child = { key: 'k', callId: 'c', firstEventAt: at(5), answeredAt: at(8), endedAt: at(20), terminal: true };
  const laid = layOut(detail(ENDED, undefined, [child as CallRow]), 0);
  expect(laid.lanes[1]).toMatchObject({ label: 'Child c', key: 'k' });
  expect(spansOf(laid, 1)).toEqual([
    ['initiated', 5, 8],
    ['in-progress', 8, 20],
  ]);
});

describe('marks', () => {
  it('tell late and reconciled events from the others', () => {
    const events = [
      event('ringing', 2, 14, { transition: 'late' }),
      event('completed', 60, 70, { source: 'reconciled' }),
      event('queued', undefined, 1),
    ];
    expect(layOut(detail(ENDED, events), 0).marks).toEqual([
      { id: 'ringing14', status: 'ringing', kind: 'late', occurred: START + 2000, received: START + 14_000 },
      {
        id: 'completed70',
        status: 'completed',
        kind: 'reconciled',
        occurred: START + 60_000,
        received: START + 70_000,
      },
      { id: 'queued1', status: 'queued', kind: 'plain', received: START + 1000 },
    ]);
  });

  it('that come hours later do not press the call into a corner', () => {
    const laid = layOut(detail(ENDED, [event('completed', 60, 7200)]), 0);
    expect(laid.to).toBe(START + 120_000);
  });

  it('before the first status are in sight', () => {
    expect(layOut(detail(ENDED, [event('queued', -3, 1)]), 0).from).toBe(START - 3000);
  });
});

it.each([
  [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [60, [0, 15, 30, 45, 60]],
  [7200, [0, 1800, 3600, 5400, 7200]],
])('a call of %d s has few round ticks', (seconds, ticks) => {
  const laid = layOut(detail({ terminal: true, queuedAt: at(0), endedAt: at(seconds), lastEventAt: at(0) }, []), 0);
  expect(laid.ticks.map((tick) => tick / 1000)).toEqual(ticks);
});

it('goes on until the call and all that it made have ended', () => {
  const child = (terminal: boolean) => ({ terminal }) as CallRow;
  expect(goesOn(detail({ terminal: false }))).toBe(true);
  expect(goesOn(detail(ENDED, [], [child(true)]))).toBe(false);
  expect(goesOn(detail(ENDED, [], [child(true), child(false)]))).toBe(true);
});
