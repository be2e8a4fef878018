import { mycpaas } from '@call-status/core';
import { callback, testReceiver } from '@call-status/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { suites } from './out/suites.js';

afterEach(() => vi.useRealTimers());

for (const [name, tests] of Object.entries(suites)) {
  describe(name, () => {
    for (const test of tests) it(test.name, test.run);
  });
}

it.each([undefined, ['Date', 'setTimeout', 'setInterval', 'setImmediate', 'performance']])(
  'handlers run while timers are faked: %s',
  async (toFake) => {
    vi.useFakeTimers(toFake && { toFake });
    const { calls, events, idle, close } = testReceiver({ providers: [mycpaas({ token: 'key' })] });
    await calls.fetch(callback.fetch(mycpaas, 'completed', { token: 'key' }));
    await idle();
    expect(events('onEnded')).toHaveLength(1);
    await close();
  },
);
