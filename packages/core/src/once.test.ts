// The promise in one property: whatever a provider reorders, repeats or loses, each handler runs at most once per call.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Call } from './call.ts';
import { CALL_STATUSES, isTerminal } from './event.ts';
import { STATUS_HANDLERS } from './handlers.ts';
import { mycpaas } from './providers/mycpaas.ts';
import { createCallStatus } from './receiver.ts';

const silent = { info() {}, warn() {}, error() {} };
const LIVE = ['queued', 'initiated', 'ringing', 'in-progress'] as const;
const ENDS = CALL_STATUSES.filter(isTerminal);

/** The callbacks of one call, in the order in which the provider made them; `Note` tells two with the same status apart. */
const callbacks = fc
  .record({
    live: fc.subarray([...LIVE]),
    end: fc.constantFrom(...ENDS),
    notes: fc.array(fc.record({ at: fc.nat(4), note: fc.integer({ min: 1, max: 9 }) }), { maxLength: 3 }),
  })
  .map(({ live, end, notes }) => {
    const statuses = [...live, end];
    const first = statuses.map((status, at) => ({ status, sequence: at, note: 0 }));
    const more = notes.map(({ at, note }) => ({ ...(first[at % first.length] as (typeof first)[number]), note }));
    return [...first, ...more];
  });

/** What arrives of them: some lost, some twice, in any order; the end is not lost. */
const arrivals = callbacks.chain((sent) =>
  fc
    .tuple(fc.shuffledSubarray(sent), fc.array(fc.constantFrom(...sent), { maxLength: 5 }))
    .map(([some, again]) => ({
      sent,
      arrived: [...some, ...again, ...sent.filter(({ status }) => isTerminal(status))],
    }))
    .chain(({ sent: all, arrived }) =>
      fc.shuffledSubarray(arrived, { minLength: arrived.length }).map((shuffled) => ({ sent: all, arrived: shuffled })),
    ),
);

type Sent = { readonly status: string; readonly sequence: number; readonly note: number };

/** How many different events there are among the callbacks. */
function different(sent: readonly Sent[]): number {
  return new Set(sent.map(({ sequence, note }) => `${sequence}${note}`)).size;
}

/** Sends callbacks through a whole receiver, many at once; returns how often each handler ran, and what the call is in the end. */
async function run(sent: readonly Sent[], atOnce: boolean): Promise<{ ran: Record<string, number>; call: Call }> {
  const ran: Record<string, number> = {};
  const calls = createCallStatus({ providers: [mycpaas()], log: silent });
  for (const name of [...Object.values(STATUS_HANDLERS), 'onEnded', 'onStatus'] as const) {
    calls[name](() => {
      ran[name] = (ran[name] ?? 0) + 1;
    });
  }
  const answers: Promise<unknown>[] = [];
  for (const { status, sequence, note } of sent) {
    const answer = calls.receive({
      method: 'POST',
      url: '/',
      origin: 'http://hooks.example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(`CallSid=CA1&CallStatus=${status}&SequenceNumber=${sequence}${note}`),
    });
    answers.push(answer);
    if (!atOnce) await answer;
  }
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200 });
  const call = (await calls.inbox.call('mycpaas', 'CA1')) as Call;
  await calls.close();
  return { ran, call };
}

it('any order, repetition and loss ends in the same state, and runs each handler at most once', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, fc.boolean(), async ({ sent, arrived }, atOnce) => {
      const [ideal, real] = [await run(sent, false), await run(arrived, atOnce)];
      const { onStatus, ...once } = real.ran;
      for (const [name, times] of Object.entries(once)) expect([name, times]).toEqual([name, 1]);
      expect(real.ran['onEnded']).toBe(1);
      expect(onStatus).toBe(different(arrived));
      expect([real.call.status, real.call.outcome, real.call.terminal]).toEqual([
        ideal.call.status,
        ideal.call.outcome,
        ideal.call.terminal,
      ]);
      if (different(arrived) === different(sent)) {
        const state = ({ updatedAt, endedAt, queuedAt, initiatedAt, ringingAt, answeredAt, events, ...rest }: Call) => [
          rest,
          events.map(({ id }) => id),
        ];
        expect(state(real.call)).toEqual(state(ideal.call));
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
  );
});
