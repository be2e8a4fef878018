// The promise in one property: whatever a provider reorders, repeats, loses or contradicts, each handler runs at most once per call.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Call } from '../src/call.ts';
import { createCallStatus } from '../src/create-call-status.ts';
import { CALL_STATUSES, isTerminal } from '../src/event.ts';
import { STATUS_HANDLERS } from '../src/handlers.ts';
import { exotel } from '../src/providers/exotel.ts';
import { mycpaas } from '../src/providers/mycpaas.ts';
import { signalwire } from '../src/providers/signalwire.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000);

const silent = { info() {}, warn() {}, error() {} };
const LIVE = ['queued', 'initiated', 'ringing', 'in-progress'] as const;
const ENDS = CALL_STATUSES.filter(isTerminal);
const ENDINGS = ENDS.map((status) => STATUS_HANDLERS[status]);

type Sent = { readonly status: string; readonly sequence: number; readonly note: number };

/** Providers, each with the fields of a callback; `number` tells two callbacks of one call apart, with or without an order. */
const PROVIDERS = [
  {
    provider: mycpaas,
    fields: (CallStatus: string, number: string) => ({ CallSid: 'CA1', CallStatus, SequenceNumber: number }),
  },
  {
    provider: signalwire,
    fields: (CallStatus: string, number: string) => ({ CallSid: 'CA1', CallStatus, RecordingSid: number }),
  },
  {
    provider: exotel,
    fields: (Status: string, number: string) => ({ CallSid: 'CA1', Status, 'Legs[0][Status]': number }),
  },
] as const;
type Sender = (typeof PROVIDERS)[number];

/** The callbacks of one call, in the order in which the provider made them; some calls have two ends. `note` tells two with the same status apart. */
const callbacks = ({ provider }: Sender) =>
  fc
    .record({
      live: fc.subarray(LIVE.filter((status) => status in provider.definition.statuses)),
      ends: fc.uniqueArray(fc.constantFrom(...ENDS), { minLength: 1, maxLength: 2 }),
      notes: fc.array(fc.record({ at: fc.nat(5), note: fc.integer({ min: 1, max: 9 }) }), { maxLength: 3 }),
    })
    .map(({ live, ends, notes }): Sent[] => {
      const first = [...live, ...ends].map((status, at) => ({ status, sequence: at, note: 0 }));
      const more = notes.map(({ at, note }) => ({ ...(first[at % first.length] as Sent), note }));
      return [...first, ...more];
    });

/** What arrives of them: some lost, perhaps the end, some twice, in any order. */
const arrivals = fc.constantFrom(...PROVIDERS).chain((sender) =>
  callbacks(sender)
    .chain((sent) =>
      fc.record({
        sender: fc.constant(sender),
        sent: fc.constant(sent),
        some: fc.shuffledSubarray(sent, { minLength: 1 }),
        again: fc.array(fc.constantFrom(...sent), { maxLength: 5 }),
      }),
    )
    .chain(({ some, again, ...rest }) =>
      fc.record({
        sender: fc.constant(rest.sender),
        sent: fc.constant(rest.sent),
        arrived: fc.shuffledSubarray([...some, ...again], { minLength: some.length + again.length }),
      }),
    ),
);

/** How many different events there are among the callbacks. */
function different(sent: readonly Sent[]): number {
  return new Set(sent.map(({ sequence, note }) => `${sequence}${note}`)).size;
}

/** The first end that is among them. */
function endOf(sent: readonly Sent[]): string | undefined {
  return sent.find(({ status }) => ENDS.some((end) => end === status))?.status;
}

/** Sends callbacks through a whole receiver, many at once; returns how often each handler ran, and what the call is in the end. */
async function run(
  { provider, fields }: Sender,
  sent: readonly Sent[],
  atOnce: boolean,
): Promise<{ ran: Record<string, number>; call: Call }> {
  const ran: Record<string, number> = {};
  const calls = createCallStatus({ providers: [provider()], log: silent });
  for (const name of [...Object.values(STATUS_HANDLERS), 'onEnded', 'onStatus'] as const) {
    calls[name](() => {
      ran[name] = (ran[name] ?? 0) + 1;
    });
  }
  const answers: Promise<unknown>[] = [];
  for (const { status, sequence, note } of sent) {
    const answer = calls.provider(provider.definition.name).receive({
      method: 'POST',
      url: '/',
      origin: 'http://hooks.example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams(fields(status, `${sequence}${note}`)).toString()),
    });
    answers.push(answer);
    if (!atOnce) await answer;
  }
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200 });
  const call = (await calls.inbox.getCall(provider.definition.name, 'CA1')) as Call;
  await calls.close();
  return { ran, call };
}

it(`any order, repetition and loss ends in the state of what came, and runs each handler at most once (${RUNS} cases)`, async () => {
  const property = fc.asyncProperty(arrivals, fc.boolean(), async ({ sender, sent, arrived }, atOnce) => {
    const { ran, call } = await run(sender, arrived, atOnce);
    const { onStatus, ...once } = ran;
    for (const [name, times] of Object.entries(once)) expect([name, times]).toEqual([name, 1]);
    expect(onStatus).toBe(different(arrived));

    const end = endOf(arrived);
    expect(ran['onEnded']).toBe(end === undefined ? undefined : 1);
    expect(ENDINGS.filter((name) => name in ran)).toHaveLength(end === undefined ? 0 : 1);
    const furthest = end ?? LIVE.findLast((status) => arrived.some((one) => one.status === status));
    expect([call.status, call.outcome, call.terminal]).toEqual([furthest, end, end !== undefined]);

    if (different(arrived) === different(sent) && end === endOf(sent)) {
      const ideal = await run(sender, sent, false);
      const state = ({
        firstEventAt,
        lastEventAt,
        endedAt,
        queuedAt,
        initiatedAt,
        ringingAt,
        answeredAt,
        events,
        ...rest
      }: Call) => [rest, events.map(({ id }) => id)];
      expect(state(call)).toEqual(state(ideal.call));
    }
  });
  await fc.assert(property, { numRuns: RUNS });
}, 600_000);
