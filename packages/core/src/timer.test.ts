import { afterEach, expect, it, vi } from 'vitest';
import { createCallStatus } from './create-call-status.ts';
import { mycpaas } from './providers/mycpaas.ts';

const silent = { info() {}, warn() {}, error() {} };

afterEach(() => void vi.useRealTimers());

it.each(['recorded', 'handled'] as const)(
  'runs handlers while the timers of a test are faked, with ack: %o',
  async (ack) => {
    vi.useFakeTimers();
    const handled: string[] = [];
    let whenHandled = (): void => {};
    const done = new Promise<void>((resolve) => {
      whenHandled = resolve;
    });
    const calls = createCallStatus({
      providers: [mycpaas()],
      ack,
      log: silent,
      retry: { backoff: () => 0 },
      async onCompleted({ callId }, { attempt }) {
        if (attempt === 1 && ack === 'recorded') throw new Error('the first attempt');
        handled.push(callId);
        whenHandled();
      },
    });
    const receipt = await calls.receive({
      method: 'POST',
      url: '/',
      origin: 'http://hooks.example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('CallSid=CA1&CallStatus=completed'),
    });
    expect(receipt?.status).toBe(200);
    await done;
    expect(handled).toEqual(['CA1']);
    await calls.close();
  },
);
