import { afterEach, describe, expect, it, vi } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import { FORM, silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError, type ErrorCode } from '../errors.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { Watch } from '../inbox/watches.ts';
import type { CallNotice } from '../notice.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import type { Provider } from '../provider/define-provider.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A receiver of a provider that cannot be asked, whose time the test moves. */
function subject(options: Omit<CallStatusOptions<readonly Provider[]>, 'providers'> = {}) {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const inbox = memoryInbox({ clock: clock.now });
  const told: CallNotice[] = [];
  const errors: { readonly code: ErrorCode; readonly reason: string | undefined }[] = [];
  const note = (notice: CallNotice): void => void told.push(notice);
  const make = (more: object = {}) => {
    const calls = createCallStatus({
      providers: [mycpaas({ token: 'a secret' })],
      inbox,
      clock,
      log: silent,
      onError: ({ code, details }) => void errors.push({ code, reason: details.reason }),
      ...options,
      ...more,
    });
    opened.push(calls);
    return calls;
  };
  const calls = make();
  const receive = (callId: string, status: string) =>
    calls.receive({
      method: 'POST',
      url: '/?token=a%20secret',
      origin: 'https://hooks.example.com',
      headers: FORM,
      body: Buffer.from(`CallSid=${callId}&CallStatus=${status}`),
    });
  const leads = () => vi.waitFor(async () => expect((await calls.health()).leads).toBe(true));
  return { clock, inbox, calls, make, told, note, errors, receive, leads };
}

/** Moves the time in steps, as it passes. */
async function pass(clock: ReturnType<typeof manualClock>, ms: number): Promise<void> {
  const step = 10_000;
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(step);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('an expected call', () => {
  it('without any callback is told, and told once more when it is given up', async () => {
    const { clock, calls, inbox, told, note } = subject();
    calls.onMissing(note);
    const call = { callId: 'CA1', withinMs: MINUTE, from: '+15550100001', to: '+15550100002', custom: 'order 7' };
    await calls.provider('mycpaas').expect(call);
    await calls.provider('mycpaas').expect({ callId: 'CA1', withinMs: 1 });
    expect((await inbox.watches.list({ state: 'expected' })).rows).toMatchObject([{ callId: 'CA1' }]);
    await pass(clock, MINUTE - 10_000);
    expect(told).toEqual([]);
    await pass(clock, 20_000);
    const about = {
      provider: 'mycpaas',
      callId: 'CA1',
      expected: { from: '+15550100001', to: '+15550100002', custom: 'order 7' },
      expectedAt: '2026-03-02T00:00:00.000Z',
      asked: 0,
    };
    await vi.waitFor(() => expect(told).toEqual([{ reason: 'never_reported', ...about }]));
    clock.advance(24 * HOUR);
    await vi.waitFor(() => expect(told).toEqual([expect.anything(), { reason: 'not_ended', ...about }]));
    clock.advance(24 * HOUR);
    await vi.waitFor(async () => expect((await inbox.watches.list()).rows).toEqual([]));
    expect(told).toHaveLength(2);
  });

  it('that is heard of is not', async () => {
    const { clock, calls, told, note, receive, inbox } = subject();
    calls.onMissing(note);
    await receive('CA1', 'ringing');
    await calls.provider('mycpaas').expect({ callId: 'CA1' });
    await calls.provider('mycpaas').expect({ callId: 'CA2', withinMs: 5000 });
    await receive('CA2', 'ringing');
    clock.advance(130_000);
    await vi.waitFor(async () => expect((await inbox.watches.list()).rows).toEqual([]));
    expect(told).toEqual([]);
  });
});

describe('a live call that is silent', () => {
  it('is told once, and a notice that failed can be delivered again', async () => {
    const { clock, calls, inbox, told, note, receive, leads, errors } = subject({ retry: { attempts: 1 } });
    let isDown = true;
    calls.onStuck((notice) => {
      if (isDown) throw new Error('down');
      note(notice);
    });
    await receive('CA1', 'ringing');
    await receive('CA2', 'in-progress');
    await leads();
    await pass(clock, 5 * MINUTE);
    const failed = async () => (await inbox.watches.list({ state: 'failed' })).rows;
    await vi.waitFor(async () => expect(await failed()).toMatchObject([{ callId: 'CA1' }]));
    expect(errors.map(({ code }) => code)).toEqual(['handler_failed', 'notice_failed']);
    isDown = false;
    const [watch] = await failed();
    expect(await calls.retryNotice(watch as Watch)).toBe(true);
    expect(await calls.retryNotice(watch as Watch)).toBe(false);
    await pass(clock, MINUTE);
    await vi.waitFor(() => expect(told).toMatchObject([{ reason: 'stuck', callId: 'CA1', lastStatus: 'ringing' }]));
    await receive('CA1', 'completed');
    await pass(clock, 2 * HOUR);
    await vi.waitFor(() => expect(told.map(({ callId }) => callId)).toEqual(['CA1', 'CA2']));
  });

  it('without handlers is a warning', async () => {
    const { clock, receive, leads, errors } = subject({ reconcile: { afterMs: { ringing: MINUTE }, everyMs: 10_000 } });
    await receive('CA1', 'ringing');
    await leads();
    await pass(clock, 2 * MINUTE);
    await vi.waitFor(() => expect(errors.map(({ code }) => code)).toEqual(['call_unterminated']));
  });
});

describe('a receiver', () => {
  it('does not look after calls without a reason, nor without handlers', async () => {
    const { calls } = subject();
    expect(await calls.health()).not.toHaveProperty('leads');
    const { calls: reader } = subject({ worker: false, reconcile: {} });
    await reader.provider('mycpaas').expect({ callId: 'CA1' });
    expect(await reader.health()).not.toHaveProperty('leads');
    reader.startWorker();
    await vi.waitFor(async () => expect((await reader.health()).leads).toBe(true));
  });

  it('refuses invalid calls to expect, and all when it is closed', async () => {
    const { calls } = subject();
    const acme = calls.provider('mycpaas');
    const refused = (call: object) =>
      acme.expect(call as never).then(String, ({ code, details }) => [code, details.issues]);
    expect(await refused({ sid: 'CA1' })).toEqual([
      'invalid_options',
      ['`sid` is no option; here it is `callId`.', expect.stringContaining('`callId` is missing')],
    ]);
    expect(await refused({ callId: 'a\u0000', withinMs: 2 ** 53, custom: 'x'.repeat(2001) })).toMatchObject([
      'invalid_options',
      { length: 3 },
    ]);
    expect(await refused({ callId: 'CA1', tenant: '' })).toMatchObject([
      'invalid_options',
      [expect.stringContaining('tenant')],
    ]);
    await acme.expect({ callId: 'CA1', tenant: 't1' });
    await calls.close();
    expect(await refused({ callId: 'CA1' })).toMatchObject(['closed', undefined]);
  });

  it('reports an inbox that fails once, and goes on later', async () => {
    const { clock, calls, inbox, told, note, errors } = subject();
    calls.onMissing(note);
    await calls.provider('mycpaas').expect({ callId: 'CA1', withinMs: MINUTE });
    const lead = vi.spyOn(inbox.watches, 'lead').mockRejectedValue(new Error('disk'));
    await pass(clock, 2 * MINUTE);
    expect(errors.map(({ code }) => code)).toEqual(['inbox_unavailable']);
    lead.mockRestore();
    await pass(clock, MINUTE);
    await vi.waitFor(() => expect(told).toHaveLength(1));
  });

  it('checks calls although its inbox is full of watched ones', async () => {
    const { clock, calls, inbox, told, note, receive } = subject();
    calls.onMissing(note);
    await calls.provider('mycpaas').expect({ callId: 'CA1', withinMs: 4 * MINUTE });
    await receive('CA2', 'ringing');
    const add = vi.spyOn(inbox.watches, 'add').mockRejectedValue(new CallStatusError('inbox_full', {}));
    await pass(clock, 5 * MINUTE);
    expect(add).toHaveBeenCalled();
    await vi.waitFor(() => expect(told).toHaveLength(1));
  });

  it('that closes interrupts its notices, and lets another lead', async () => {
    const { clock, calls, inbox, leads } = subject({ handlerTimeoutMs: HOUR });
    const lead = vi.spyOn(inbox.watches, 'lead');
    const running = new Promise<AbortSignal>((resolve) => {
      calls.onMissing((_, { signal }) => {
        resolve(signal);
        return new Promise(() => {});
      });
    });
    await calls.provider('mycpaas').expect({ callId: 'CA1', withinMs: 5000 });
    await leads();
    clock.advance(5000);
    const signal = await running;
    // It remains the leader while a handler runs.
    clock.advance(10_000);
    expect(lead.mock.calls.length).toBeGreaterThan(1);
    lead.mockRejectedValueOnce(new Error('disk'));
    clock.advance(10_000);
    await calls.close({ deadlineMs: 40 });
    expect(signal.reason).toMatchObject({ code: 'closed' });
    expect(lead.mock.calls.at(-1)).toEqual([expect.any(String), 0]);
    expect(await calls.health().catch(() => ({}))).not.toHaveProperty('leads');
  });

  it('stops when another one leads', async () => {
    const { clock, calls, inbox, leads } = subject({ reconcile: {} });
    await leads();
    vi.spyOn(inbox.watches, 'lead').mockResolvedValue(false);
    await pass(clock, MINUTE);
    expect((await calls.health()).leads).toBe(false);
  });

  it('reports an inbox that fails when it resigns', async () => {
    const { calls, inbox, leads, errors } = subject({ reconcile: {} });
    await leads();
    vi.spyOn(inbox.watches, 'lead').mockRejectedValue(new Error('disk'));
    await calls.close();
    expect(errors.map(({ code }) => code)).toEqual(['inbox_unavailable']);
  });

  it('tells of calls of a provider that it does not have, by its own rules', async () => {
    const { clock, calls, inbox, told, note, leads } = subject();
    calls.onStuck(note);
    const event = {
      provider: 'acme',
      callId: 'c1',
      id: 'acme:c1',
      status: 'ringing',
      rawStatus: 'up',
      terminal: false,
    } as const;
    const receivedAt = new Date(clock.now()).toISOString();
    await inbox.record({ ...event, receivedAt, source: 'callback', trust: 'none', raw: {} });
    await leads();
    await pass(clock, 5 * MINUTE);
    await vi.waitFor(() => expect(told).toMatchObject([{ provider: 'acme', reason: 'stuck' }]));
  });
});
