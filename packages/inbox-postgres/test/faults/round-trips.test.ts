import type { Job } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProxy } from '../servers/proxy.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, take } from './set-up.ts';

const server = await sharedServer();

/** Longer than it takes to send all statements of a transaction. */
const DELAY_MS = 50;

describe.skipIf(server === undefined)('over a slow network', () => {
  it('an operation waits for few answers: its statements are sent together', async () => {
    const url = server as string;
    const proxy = await startProxy(url, { delayMs: DELAY_MS });
    onTestFinished(() => proxy.stop());
    const inbox = await openInbox({ url: proxy.url, schema: freshSchema(url) });
    const turnsOf = async <T>(operation: () => Promise<T>): Promise<[turns: number, result: T]> => {
      const before = proxy.turns();
      const result = await operation();
      return [proxy.turns() - before, result];
    };
    await inbox.record(eventOf('the connection is open'));
    const [recording] = await turnsOf(() => Promise.all(['a', 'b', 'c'].map((id) => inbox.record(eventOf(id)))));
    const [taking, { lease }] = await turnsOf(async () => (await take(inbox))[0] as Job);
    const [finishing] = await turnsOf(() => inbox.finish(lease));
    // A transaction that records waits for what is known; each has about ten statements.
    expect(recording).toBeLessThanOrEqual(3);
    expect(taking).toBeLessThanOrEqual(2);
    expect(finishing).toBeLessThanOrEqual(2);
  });
});
