import type { Inbox } from '@call-status/core';
import type { FeedPage } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { subject } from './board-under-test.ts';
import { counting } from './counting.ts';
import { collectGarbage } from './garbage.ts';
import { receiveMany, Tab } from './tab.ts';

describe('a tab that catches up', () => {
  /** Holds back the answer to one read of the feed. */
  function holding(inbox: Inbox, after: string): () => void {
    const events = inbox.events.bind(inbox);
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    inbox.events = async (query) => {
      const page = await events(query);
      if (query?.after === after) await gate;
      return page;
    };
    return release;
  }

  it('misses nothing that is recorded between its read and its answer, and gets nothing twice', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const start = (await made.get('/api/events')).body.next;
    await receiveMany(made, 0, 3);
    const watching = await new Tab(made).follow();
    const release = holding(made.inbox, start);
    const tab = await new Tab(made).follow(start);
    await receiveMany(made, 3, 5);
    await vi.advanceTimersByTimeAsync(500);
    await expect.poll(() => watching.count).toBe(2);
    expect(tab.count).toBe(0);
    release();
    await expect.poll(() => tab.count).toBe(5);
    await vi.advanceTimersByTimeAsync(500);
    await receiveMany(made, 5, 6);
    await vi.advanceTimersByTimeAsync(500);
    await expect.poll(() => tab.count).toBe(6);
  });

  // With five hundred events, there may be more to read.
  it.each([3, 500])('and leaves meanwhile, with %i events to read, is forgotten', async (count) => {
    const made = subject();
    const start = (await made.get('/api/events')).body.next;
    await receiveMany(made, 0, count);
    const release = holding(made.inbox, start);
    const watching = await new Tab(made).follow();
    const tab = await new Tab(made).follow(start);
    tab.leave();
    release();
    await receiveMany(made, count, count + 1);
    await expect.poll(() => watching.count).toBe(1);
    expect(tab.count).toBe(0);
  });

  it('and does not read makes the server keep nothing of what is recorded meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const start = (await made.get('/api/events')).body.next;
    await receiveMany(made, 0, 1500);
    const pages: WeakRef<FeedPage>[] = [];
    const events = made.inbox.events.bind(made.inbox);
    made.inbox.events = async (query) => {
      const page = await events(query);
      pages.push(new WeakRef(page));
      return page;
    };
    const slow = await new Tab(made).open(start);
    // The end of the feed, and as much as it may leave unread.
    await expect.poll(() => pages.length).toBe(3);
    await made.receive({ CallSid: 'last', CallStatus: 'canceled' });
    await vi.advanceTimersByTimeAsync(500);
    expect(pages).toHaveLength(4);
    await collectGarbage();
    expect(pages[3]?.deref()).toBeUndefined();
    const reader = (slow.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('canceled')) text += Buffer.from((await reader.read()).value ?? []).toString();
    await reader.cancel();
    expect(text.match(/"status":/g)).toHaveLength(1501);
  });

  it('one poll waits for the one before', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const tab = await new Tab(made).follow();
    await expect.poll(() => tab.messages.length).toBeGreaterThan(0);
    const release = holding(made.inbox, tab.place);
    const counter = counting(made.inbox);
    await vi.advanceTimersByTimeAsync(2000);
    expect(counter.count).toBe(1);
    release();
  });

  it('health that cannot be read is logged', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const tab = await new Tab(made).follow();
    await expect.poll(() => tab.named('health').length).toBe(1);
    vi.spyOn(made.inbox, 'health').mockRejectedValueOnce(new Error('down'));
    await vi.advanceTimersByTimeAsync(5000);
    await expect.poll(() => made.lines.some((line) => JSON.stringify(line).includes('live pages'))).toBe(true);
  });
});
