import type { Inbox } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CuttingProxy, startProxy } from '../servers/proxy.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, take, takeOne } from './set-up.ts';

const server = await sharedServer();

// What each operation writes, to cut the connection of its transaction.
const RECORD = /INSERT INTO \S+\.recorded/;
const JOBS = /\.jobs/;

describe.skipIf(server === undefined)('a connection that is cut', () => {
  /** An inbox whose connections lead through the proxy, and one beside it that sees what is stored. */
  async function setUp(): Promise<{ inbox: Inbox; beside: Inbox; proxy: CuttingProxy }> {
    const url = server as string;
    const proxy = await startProxy(url);
    onTestFinished(() => proxy.stop());
    const schema = freshSchema(url);
    const inbox = await openInbox({ url: proxy.url, schema });
    return { inbox, beside: await openInbox({ url, schema }), proxy };
  }

  // The inbox has sent COMMIT, and cannot know that it did not arrive: it must say so, and asking again must do it.
  describe('before COMMIT', () => {
    it('records nothing', async () => {
      const { inbox, beside, proxy } = await setUp();
      const cut = proxy.cut('before', RECORD);
      await expect(inbox.record(eventOf('a'))).rejects.toMatchObject({ code: 'inbox_unavailable', status: 503 });
      await cut;
      expect(await beside.getCall('acme', 'a')).toBeUndefined();
      expect(await inbox.record(eventOf('a'))).toEqual({ transition: 'advance', done: false });
    });

    it('takes nothing', async () => {
      const { inbox, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const cut = proxy.cut('before', JOBS);
      await expect(take(inbox)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      expect(await takeOne(inbox)).toMatchObject({ attempt: 1, suspect: false });
    });

    it('keeps the lease of an event that is finished', async () => {
      const { inbox, beside, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const { lease } = await takeOne(inbox);
      const cut = proxy.cut('before', JOBS);
      await expect(inbox.finish(lease)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      expect(await beside.counts()).toMatchObject({ running: 1 });
      expect(await inbox.finish(lease)).toBe('done');
      expect(await beside.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
    });

    it('keeps the lease of an event that has failed', async () => {
      const { inbox, beside, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const { lease } = await takeOne(inbox);
      const failure = { error: 'failed', doneHandlers: [] };
      const cut = proxy.cut('before', JOBS);
      await expect(inbox.fail(lease, failure)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      expect(await beside.counts()).toMatchObject({ running: 1, dead: 0 });
      expect(await inbox.fail(lease, failure)).toBe('done');
      expect(await beside.counts()).toMatchObject({ running: 0, dead: 1 });
    });
  });

  // Asking again must be safe.
  describe('after COMMIT, before the answer', () => {
    it('makes a recorded event a duplicate', async () => {
      const { inbox, beside, proxy } = await setUp();
      const cut = proxy.cut('after', RECORD);
      await expect(inbox.record(eventOf('a'))).rejects.toMatchObject({ code: 'inbox_unavailable', status: 503 });
      await cut;
      expect(await inbox.record(eventOf('a'))).toEqual({ transition: 'duplicate', done: false });
      expect((await beside.getCall('acme', 'a'))?.events).toHaveLength(1);
      expect(await take(beside)).toHaveLength(1);
    });

    it('costs a take its lease', async () => {
      const { inbox, beside, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const cut = proxy.cut('after', JOBS);
      await expect(take(inbox, 1)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      // Its lease ended without a result, and none of its handlers had begun.
      await vi.waitFor(async () => {
        const { jobs } = await beside.take({ limit: 1, leaseMs: 60_000, owner: 'test', suspect: true });
        expect(jobs).toMatchObject([{ attempt: 1, interruptions: 0 }]);
      });
    });

    it('does not lose the lease of a finished event', async () => {
      const { inbox, beside, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const { lease } = await takeOne(inbox);
      const cut = proxy.cut('after', JOBS);
      await expect(inbox.finish(lease)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      expect(['done', 'gone']).toContain(await inbox.finish(lease));
      expect(await beside.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
    });

    it('does not lose the lease of a failed event', async () => {
      const { inbox, beside, proxy } = await setUp();
      await inbox.record(eventOf('a'));
      const { lease } = await takeOne(inbox);
      const failure = { error: 'failed', doneHandlers: [] };
      const cut = proxy.cut('after', JOBS);
      await expect(inbox.fail(lease, failure)).rejects.toMatchObject({ code: 'inbox_unavailable' });
      await cut;
      expect(await inbox.fail(lease, failure)).toBe('done');
      expect(await beside.counts()).toMatchObject({ running: 0, dead: 1 });
    });
  });
});
