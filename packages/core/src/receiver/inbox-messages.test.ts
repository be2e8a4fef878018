import { expect, it, onTestFinished, vi } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import { callbackOf, published } from '../../test/published.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { InboxHealth } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import type { InboxMessage } from '../telemetry/messages.ts';

function subject(options: CallStatusOptions = {}) {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const inbox = memoryInbox({ clock: clock.now });
  const health = vi.spyOn(inbox, 'health');
  const providers = [mycpaas({ allowUnauthenticated: true })];
  const calls = createCallStatus({ providers, inbox, clock, log: { warn() {}, error() {} }, onBusy() {}, ...options });
  onTestFinished(() => calls.close());
  /** Lets this much time pass, in seconds. */
  const pass = async (seconds: number): Promise<void> => {
    clock.advance(seconds * 1000);
    await new Promise(setImmediate);
  };
  return { calls, health, pass };
}

it('publishes the health of the inbox at the start, and every 15 seconds', async () => {
  const messages = published<InboxMessage>('call-status:inbox');
  const { calls, pass } = subject();
  await pass(14);
  expect(messages).toHaveLength(1);
  await calls.receive(callbackOf('CallSid=CA1&CallStatus=ringing'));
  await pass(1);
  await pass(15);
  expect(messages).toHaveLength(3);
  const own = { owner: expect.stringContaining(`:${process.pid}:`), worker: { running: 0, concurrency: 64 } };
  expect(messages[0]).toMatchObject({ due: 0, lagMs: 0, live: 0, ...own });
  expect(messages[2]).toMatchObject({ live: 1, providers: [{ provider: 'mycpaas', live: 1 }], ...own });
});

it('asks the inbox only while something listens and handlers run here', async () => {
  const { health, pass } = subject();
  await pass(60);
  expect(health).not.toHaveBeenCalled();
  const messages = published<InboxMessage>('call-status:inbox');
  const other = subject({ worker: false });
  await other.pass(60);
  expect(other.health).not.toHaveBeenCalled();
  await pass(15);
  expect(messages).toHaveLength(1);
});

it('asks once at a time, and is silent about an inbox that fails', async () => {
  const messages = published<InboxMessage>('call-status:inbox');
  const { health, pass } = subject();
  await pass(0);
  let fail = (_error: Error): void => {};
  health.mockImplementationOnce(() => new Promise((_, reject) => (fail = reject)));
  await pass(15);
  await pass(60);
  expect(health).toHaveBeenCalledTimes(2);
  fail(new Error('unavailable'));
  await pass(0);
  await pass(15);
  expect(messages).toHaveLength(2);
});

it('is silent once the receiver closes, also about what it has just asked', async () => {
  const messages = published<InboxMessage>('call-status:inbox');
  const { calls, health, pass } = subject();
  await pass(0);
  let answer = (_health: InboxHealth): void => {};
  health.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  await pass(15);
  const closing = calls.close();
  answer(await memoryInbox().health());
  await closing;
  await pass(60);
  expect(health).toHaveBeenCalledTimes(2);
  expect(messages).toHaveLength(1);
});
