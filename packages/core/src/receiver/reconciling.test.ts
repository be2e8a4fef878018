import { afterEach, describe, expect, it, vi } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import { FORM, silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { ErrorCode } from '../errors.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
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
  it('of which nothing is heard is told, and told once more when it is given up', async () => {
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
