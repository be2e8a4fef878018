import { beforeEach, expect, it, vi } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import { plain } from '../../test/plain-provider.ts';
import { published } from '../../test/published.ts';
import { AsyncContext } from '../handlers/context.ts';
import type { Inbox, NewEvent, Recorded } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { CallNotice } from '../notice.ts';
import type { Answer } from '../provider/fetch-call.ts';
import type { ReconciledMessage } from '../telemetry/messages.ts';
import type { Asker, NoAnswer } from './asker.ts';
import { Checks } from './checks.ts';
import { Notices } from './notices.ts';
import { reconcileRules } from './rules.ts';
import { Telling } from './telling.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 2);

/** Checks of a watched call that rang an hour ago, with what an asker says about it. */
async function subject(
  answer: Answer | NoAnswer | undefined,
  recorded?: Recorded,
  meanwhile: (inbox: Inbox, event: NewEvent) => unknown = () => {},
) {
  const clock = manualClock(NOW - HOUR);
  const inbox = memoryInbox({ clock: clock.now });
  const errors: string[] = [];
  const told: CallNotice[] = [];
  const receivedAt = new Date(clock.now()).toISOString();
  const event = { provider: 'acme', callId: 'c1', status: 'ringing', rawStatus: 'ringing', terminal: false } as const;
  const rang: NewEvent = { ...event, id: 'acme:c1:ringing', receivedAt, source: 'callback', trust: 'none', raw: {} };
  await inbox.record(rang);
  clock.advance(HOUR);
  await inbox.watches.add([{ provider: 'acme', callId: 'c1', dueInMs: 0 }]);
  if (recorded !== undefined) vi.spyOn(inbox, 'record').mockResolvedValue(recorded);
  const report = ({ code }: { readonly code: string }): void => void errors.push(code);
  const notices = new Notices({
    timers: clock.timers,
    log: { info() {}, warn() {}, error() {} },
    context: new AsyncContext(),
    rulesOf: () => ({ retry: {}, handlerTimeoutMs: 1000, concurrency: 1 }),
    handlersFor: () => [{ name: 'onStuck', run: (notice) => void told.push(notice) }],
    report,
  });
  const options = { inbox, watches: inbox.watches, providers: [plain], rules: reconcileRules(), clock: clock.now };
  const { timers } = clock;
  const telling = new Telling({ watches: inbox.watches, notices, timers, goesOn: () => true, wakeIn() {} });
  const checks = new Checks({ ...options, telling, dropped: () => () => {}, report });
  const asker: Asker = {
    batchOf: () => 1,
    async ask() {
      await meanwhile(inbox, { ...rang, id: 'acme:c1:again', receivedAt: new Date(clock.now()).toISOString() });
      return new Map(answer === undefined ? [] : [['c1', answer]]);
    },
    close() {},
  };
  const run = async (goesOn = () => true) => {
    const { rows } = await inbox.watches.due({ limit: 10 });
    await checks.run(rows, asker, goesOn);
    await telling.ended();
  };
  return { inbox, run, errors, told, telling };
}

const results: unknown[] = [];
let messages: readonly ReconciledMessage[];
beforeEach(() => {
  results.length = 0;
  messages = published('call-status:reconciled', ({ result }) => results.push(result));
});

it('an answer that ends the call is recorded, with its source and trust', async () => {
  const raw = { id: 'c1', state: 'down' };
  const form = {
    callId: 'c1',
    rawStatus: 'down',
    durationSeconds: 7,
    direction: 'outbound',
    quality: { mos: 4 },
  } as const;
  const { inbox, run } = await subject({ form, raw });
  await run();
  expect((await inbox.getCall('acme', 'c1'))?.events.at(-1)).toMatchObject({
    id: expect.stringMatching(/^acme:c1:reconciled\|down\|/),
    status: 'completed',
    durationSeconds: 7,
    source: 'reconciled',
    trust: 'confirmed',
    receivedAt: new Date(NOW).toISOString(),
    raw,
  });
  expect((await inbox.watches.list()).rows).toEqual([]);
  const call = { endsCall: true, status: 'completed', direction: 'outbound', durationSeconds: 7, mos: 4 };
  expect(messages).toEqual([{ provider: 'acme', result: 'ended', durationMs: expect.any(Number), ...call }]);
});

it.each([
  ['up', 'in-progress', 'advanced'],
  ['sideways', 'ringing', 'unknown'],
])('an answer that says %s leaves the call %s', async (rawStatus, status, result) => {
  const { inbox, run } = await subject({ form: { callId: 'c1', rawStatus }, raw: {}, settled: true });
  await run();
  expect(await inbox.getCall('acme', 'c1')).toMatchObject({ status });
  expect(results).toEqual([result]);
});

it('an answer that does not move the call shows that it lives', async () => {
  const { inbox, run, told } = await subject({ form: { callId: 'c1', rawStatus: '', status: 'ringing' }, raw: {} });
  await run();
  expect((await inbox.watches.list()).rows).toMatchObject([{ progress: { aliveAt: new Date(NOW).toISOString() } }]);
  expect([told, results]).toEqual([[], ['unchanged']]);
});

it('a callback with another outcome that was faster is reported', async () => {
  const answer = { form: { callId: 'c1', rawStatus: 'down' }, raw: {} };
  const { run, errors } = await subject(answer, { transition: 'conflict', done: false });
  await run();
  expect(errors).toEqual(['conflicting_status']);
  expect(messages).toMatchObject([{ result: 'ended', endsCall: false, status: 'completed' }]);
});

it.each<[string, Answer | NoAnswer | undefined, readonly string[], string]>([
  ['nothing', undefined, [], 'unknown'],
  ['not found', 'not_found', [], 'not_found'],
  ['a failure', { wasAsked: true, httpStatus: 503 }, [], 'failed'],
  ['no response', { wasAsked: true }, [], 'failed'],
  ['something invalid', { form: { callId: '', rawStatus: 'down' }, raw: {} }, ['unexpected'], 'unknown'],
])('an answer that says %s is told, and records nothing', async (_, answer, codes, result) => {
  const { inbox, run, errors, told } = await subject(answer);
  await run();
  expect(told).toMatchObject([{ reason: 'stuck', callId: 'c1', lastStatus: 'ringing', asked: 1 }]);
  expect(errors).toEqual(codes);
  const { httpStatus } = Object(answer) as { readonly httpStatus?: number };
  const status = httpStatus !== undefined && { httpStatus };
  expect(messages).toEqual([{ provider: 'acme', result, durationMs: expect.any(Number), endsCall: false, ...status }]);
  expect((await inbox.getCall('acme', 'c1'))?.events).toHaveLength(1);
});

it('all calls of an account are asked for', async () => {
  const { inbox, run, told } = await subject('not_found');
  await inbox.watches.add([{ provider: 'acme', callId: 'c2', dueInMs: 0, expected: {} }]);
  await run();
  expect(told.map(({ callId, asked }) => `${callId} ${asked}`).toSorted()).toEqual(['c1 1', 'c2 1']);
});

it('a limit postpones the question', async () => {
  const { inbox, run, told } = await subject({ wasAsked: false, retryInMs: 5000 });
  await run();
  expect(told).toEqual([]);
  expect(messages).toEqual([{ provider: 'acme', result: 'postponed', durationMs: 0, endsCall: false }]);
  expect((await inbox.watches.list()).rows).toMatchObject([{ dueAt: new Date(NOW + 5000).toISOString() }]);
});

it.each([0, 1, 2])('a process that stops leading stores nothing more (after %i looks)', async (looks) => {
  const { inbox, run, told } = await subject('unknown');
  let left = looks;
  await run(() => left-- > 0);
  expect(told).toEqual([]);
  expect((await inbox.watches.due({ limit: 1 })).rows).toHaveLength(1);
});

it.each<Answer>([
  { form: { callId: 'c1', rawStatus: 'down', from: '+15550100001' }, raw: {} },
  { form: { callId: 'c1', rawStatus: '', status: 'ringing' }, raw: {} },
  'not_found',
])('a call that is forgotten while its provider is asked stays forgotten (%o)', async (answer) => {
  const { inbox, run, told } = await subject(answer, undefined, (kept) => kept.forgetCall('acme', 'c1'));
  await run();
  expect(await inbox.getCall('acme', 'c1')).toBeUndefined();
  expect([told, (await inbox.watches.list()).rows]).toEqual([[], []]);
});

it('a call that is heard of while its provider is asked is not told', async () => {
  const { inbox, run, told } = await subject('not_found', undefined, (kept, event) => kept.record(event));
  await run();
  await run();
  expect([told, (await inbox.watches.list()).rows]).toEqual([[], []]);
});

it.each([
  ['was asked for', { wasAsked: true, retryInMs: 600_000 }, { asked: 1 }, 600_000],
  ['cannot be asked for', { wasAsked: false }, { asked: 0 }, 1000],
])('a call that %s comes back if too many wait for handlers', async (_, answer, progress, dueInMs) => {
  const { inbox, run, told, telling } = await subject(answer);
  vi.spyOn(telling, 'add').mockReturnValue(false);
  await run();
  const dueAt = new Date(NOW + dueInMs).toISOString();
  expect((await inbox.watches.list()).rows).toMatchObject([{ dueAt, progress: { ...progress, told: [] } }]);
  expect(told).toEqual([]);
});
