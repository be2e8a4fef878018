import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrive, at, event } from '../test/call-events.ts';
import { type Call, foldCall } from './call.ts';
import { type AnyCallStatusEvent, CALL_STATUSES, type CallStatus, isTerminal, type Transition } from './event.ts';

/** Of each property. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3_000);

describe('foldCall', () => {
  /** Events of one call as a provider may send them: one end at most, repeats, details here and there. */
  const history = fc
    .record({
      live: fc.uniqueArray(fc.constantFrom<CallStatus>('queued', 'initiated', 'ringing', 'in-progress', 'unknown')),
      end: fc.constantFrom(...CALL_STATUSES.filter((status) => isTerminal(status))),
      ends: fc.integer({ min: 1, max: 3 }),
      details: fc.array(
        fc.record(
          {
            occurredAt: fc.nat(50).map(at),
            sequence: fc.nat(5),
            durationSeconds: fc.nat(3),
            recording: fc.record({ id: fc.constantFrom('r1', 'r2') }),
            answeredBy: fc.constantFrom('human' as const, 'machine' as const),
          },
          { requiredKeys: [] },
        ),
        { minLength: 8, maxLength: 8 },
      ),
    })
    .map(({ live, end, ends, details }) =>
      [...live, ...Array<CallStatus>(ends).fill(end)].map((status, index) =>
        event(status, { ...details[index], id: `e${index}`, receivedAt: at(index) }),
      ),
    );

  const arrivals = history.chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc
        .tuple(fc.shuffledSubarray(events, { minLength: events.length }), fc.array(fc.constantFrom(...events)))
        .chain(([all, doubles]) =>
          fc.shuffledSubarray([...all, ...doubles], { minLength: all.length + doubles.length }),
        ),
    }),
  );

  const untransitioned = (call: Call) => ({
    ...call,
    events: call.events.map((each) => ({ ...each, transition: '' })),
  });

  it('ends in the same state in any order, and with any duplicates', () => {
    fc.assert(
      fc.property(arrivals, ({ events, order }) => {
        expect(untransitioned(foldCall(arrive(order)))).toEqual(untransitioned(foldCall(arrive(events))));
        expect(foldCall(order)).toEqual(foldCall(events));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('has the same outcome whatever gets lost, as long as the end comes through', () => {
    fc.assert(
      fc.property(
        history.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events.slice(0, -1)))),
        ([events, kept]) => {
          const end = events.at(-1) as AnyCallStatusEvent;
          const { status, outcome, terminal } = foldCall(arrive([...kept, end]));
          expect({ status, outcome, terminal }).toEqual({ status: end.status, outcome: end.status, terminal: true });
        },
      ),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('is in the state that the transitions led to, also when ends conflict', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CALL_STATUSES), { minLength: 1 }), (statuses) => {
        const arrived = arrive(statuses.map((status, index) => event(status, { id: `e${index}` })));
        const reached = arrived.findLast(({ transition }) => transition === 'advance');
        expect(foldCall(arrived).status).toBe(reached?.status ?? 'unknown');
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('advances at most once to each status, and ends at most once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CALL_STATUSES)), (statuses) => {
        const arrived = arrive(statuses.map((status, index) => event(status, { id: `e${index}` })));
        const advances = arrived.filter(({ transition }) => transition === ('advance' satisfies Transition));
        const reached = advances.map(({ status }) => status);
        expect(new Set(reached).size).toBe(reached.length);
        expect(reached.filter((status) => isTerminal(status)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
