import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { expectCalls } from '../bench/expect-calls.ts';
import { readFeed } from '../bench/read-feed.ts';

const idsOf = (rows: readonly { readonly event: { readonly id: string } }[]) => rows.map(({ event }) => event.id);

/** Events of several calls, which end in the feed as `acme:c1:queued` and so on. */
async function recordSome(t: Bench): Promise<void> {
  await t.record('c1', 'queued');
  await t.record('c2', 'ringing');
  await t.record('c1', 'ringing', 'ringing');
  await t.record('c3', 'completed');
  await t.record('c1', 'completed', 'queued');
}

const SOME = ['acme:c1:queued', 'acme:c2:ringing', 'acme:c1:ringing', 'acme:c3:completed', 'acme:c1:completed'];

export const FEED: Tests = {
  'gives all events as they were recorded, in order and without duplicates': async (t) => {
    await recordSome(t);
    const { rows, missed } = await t.inbox.events();
    assert.deepEqual(idsOf(rows), SOME);
    assert.equal(missed, false);
    assert.deepEqual(
      rows.filter(({ event }) => event.callId === 'c1').map(({ event }) => event),
      (await t.inbox.getCall('acme', 'c1'))?.events,
    );
  },

  'goes on after the last page and after any row, also where nothing has come yet': async (t) => {
    const start = await t.inbox.events();
    assert.deepEqual(start.rows, []);
    await recordSome(t);
    assert.deepEqual(idsOf((await t.inbox.events({ after: start.next })).rows), SOME);
    const all = await t.inbox.events({ limit: 1000 });
    for (const [at, { cursor }] of all.rows.entries()) {
      assert.deepEqual(idsOf((await t.inbox.events({ after: cursor })).rows), SOME.slice(at + 1));
    }
    const none = await t.inbox.events({ after: all.next });
    assert.deepEqual(none.rows, []);
    await t.record('c4', 'busy');
    assert.deepEqual(idsOf((await t.inbox.events({ after: none.next })).rows), ['acme:c4:busy']);
  },

  'has as many rows on a page as it was asked for, or fifty': async (t) => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => t.record(`c${at}`, 'ringing')));
    assert.equal((await t.inbox.events()).rows.length, 50);
    assert.equal((await t.inbox.events({ limit: 7 })).rows.length, 7);
    const all = idsOf((await t.inbox.events({ limit: 60 })).rows);
    assert.deepEqual(idsOf((await readFeed(t.inbox, { limit: 7 })).rows), all);
    assert.equal(new Set(all).size, 60);
  },

  'begins now if it is asked to': async (t) => {
    const empty = await t.inbox.events({ after: 'end' });
    await recordSome(t);
    assert.deepEqual(idsOf((await t.inbox.events({ after: empty.next })).rows), SOME);
    const end = await t.inbox.events({ after: 'end' });
    assertMatches(end, { rows: [], missed: false });
    await t.record('c4', 'ringing', 'busy');
    assert.deepEqual(idsOf((await t.inbox.events({ after: end.next })).rows), ['acme:c4:ringing', 'acme:c4:busy']);
  },

  'begins with what was received since a time, and leaves nothing of it out': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    t.clock.advance(1000);
    await t.record('c2', 'ringing');
    t.clock.advance(1000);
    const since = new Date(t.clock.now());
    await t.record('c2', 'completed');
    await t.record('c3', 'ringing');
    const wanted = ['acme:c2:completed', 'acme:c3:ringing'];
    const { rows, next, missed } = await t.inbox.events({ since });
    const ids = idsOf(rows);
    assert.deepEqual(ids.slice(-2), wanted);
    assert.equal(missed, false);
    assert.deepEqual(idsOf((await t.inbox.events({ since: since.toISOString() })).rows), ids);
    assert.deepEqual(idsOf((await t.inbox.events({ since: new Date(0) })).rows).slice(-2), wanted);
    t.clock.advance(1000);
    const later = new Date(t.clock.now());
    await t.record('c4', 'ringing');
    assert.deepEqual(idsOf((await t.inbox.events({ since: later })).rows).slice(-1), ['acme:c4:ringing']);
    assert.deepEqual(idsOf((await t.inbox.events({ after: next, since: new Date(0) })).rows), ['acme:c4:ringing']);
  },

  'begins where it was told, and not with the oldest event, if that was received long before': async (t) => {
    await t.record('old', 'ringing', 'completed');
    t.clock.advance(60_000);
    await t.record('before', 'ringing', 'completed');
    t.clock.advance(60_000);
    const since = new Date(t.clock.now());
    await t.record('new', 'ringing');
    assert.ok(!idsOf((await t.inbox.events({ since })).rows).includes('acme:old:ringing'));
    t.clock.advance(60_000);
    const ids = idsOf((await t.inbox.events({ since: new Date(t.clock.now()) })).rows);
    assert.ok(!ids.includes('acme:old:ringing'));
  },

  'shows one provider, and its cursor passes the events of others': async (t) => {
    for (let at = 0; at < 6; at++) {
      await t.inbox.record(t.event(`c${at}`, 'ringing', { provider: at % 3 === 0 ? 'acme' : 'zenith' }));
    }
    const acme = await readFeed(t.inbox, { provider: 'acme', limit: 1 });
    assert.deepEqual(idsOf(acme.rows), ['acme:c0:ringing', 'acme:c3:ringing']);
    assert.deepEqual((await t.inbox.events({ after: acme.next })).rows, []);
    await t.inbox.record(t.event('c6', 'ringing', { provider: 'zenith' }));
    const none = await t.inbox.events({ after: acme.next, provider: 'acme' });
    assert.deepEqual(none.rows, []);
    assert.deepEqual((await t.inbox.events({ after: none.next })).rows, []);
  },

  'has no event of a call that was erased, nor what is delivered again, nor the end by the application': async (t) => {
    await recordSome(t);
    await t.inbox.endCall('acme', 'c2', { status: 'failed' });
    await t.inbox.forgetCall('acme', 'c1');
    await t.record('c1', 'queued', 'ringing');
    assert.deepEqual(idsOf((await t.inbox.events()).rows), ['acme:c2:ringing', 'acme:c3:completed']);
  },

  'says once that it missed events that were erased before they were read': async (t) => {
    await recordSome(t);
    const { next } = await t.inbox.events({ limit: 2 });
    await t.inbox.forgetCall('acme', 'c1');
    const first = await t.inbox.events({ after: next });
    assert.deepEqual(idsOf(first.rows), ['acme:c3:completed']);
    assert.equal(first.missed, true);
    await t.record('c4', 'ringing');
    const second = await t.inbox.events({ after: first.next });
    assert.deepEqual(idsOf(second.rows), ['acme:c4:ringing']);
    assert.equal(second.missed, false);
    await t.record('c5', 'ringing');
    await t.inbox.forgetCall('acme', 'c5');
    const third = await t.inbox.events({ after: second.next });
    assertMatches(third, { rows: [], missed: true });
    assertMatches(await t.inbox.events({ after: third.next }), { rows: [], missed: false });
    // Another reader learns it, too.
    assert.equal((await t.inbox.events({ after: next })).missed, true);
  },

  'misses nothing that it had read, nor what was erased before it began': async (t) => {
    await recordSome(t);
    const read = await readFeed(t.inbox, {});
    await t.inbox.forgetCall('acme', 'c1');
    assertMatches(await t.inbox.events({ after: read.next }), { rows: [], missed: false });
    for (const after of [{}, { after: 'end' }]) {
      const start = await t.inbox.events(after);
      assert.equal(start.missed, false);
      assert.equal((await t.inbox.events({ after: start.next })).missed, false);
    }
  },

  'goes on at its end after a cursor from beyond it, as after a restored backup, and says once that it missed events':
    async (t) => {
      const newer = await t.another();
      for (const callId of ['c1', 'c2', 'c3']) await newer.record(t.event(callId, 'ringing'));
      const { next: beyond } = await newer.events();
      const start = await t.inbox.events({ after: beyond });
      assertMatches(start, { rows: [], missed: true });
      assertMatches(await t.inbox.events({ after: start.next }), { rows: [], missed: false });
      await t.record('c1', 'ringing');
      const { next, ...end } = await t.inbox.events({ after: beyond, provider: 'acme' });
      assert.deepEqual(end, { rows: [], missed: true });
      await t.record('c1', 'busy');
      assert.deepEqual(idsOf((await t.inbox.events({ after: next })).rows), ['acme:c1:busy']);
    },

  'passes over nothing that is recorded after the newest events were erased': async (t) => {
    await recordSome(t);
    const { next } = await t.inbox.events();
    await t.inbox.forgetCall('acme', 'c1');
    await t.inbox.forgetCall('acme', 'c3');
    await t.record('c4', 'ringing');
    assert.deepEqual(idsOf((await t.inbox.events({ after: next })).rows), ['acme:c4:ringing']);
  },
};

export const FEED_OF_A_DURABLE_INBOX: Tests = {
  'goes on after a restart where it was, also if the newest events were erased': async (t) => {
    await recordSome(t);
    const { next } = await t.inbox.events({ limit: 4 });
    await t.reopen();
    const rest = await t.inbox.events({ after: next });
    assert.deepEqual(idsOf(rest.rows), SOME.slice(4));
    assert.equal(rest.missed, false);
    await t.inbox.forgetCall('acme', 'c1');
    await t.reopen();
    await t.record('c4', 'ringing');
    assert.deepEqual(idsOf((await t.inbox.events({ after: rest.next })).rows), ['acme:c4:ringing']);
    const unread = await t.inbox.events({ after: next });
    assert.equal(unread.missed, true);
    await t.reopen();
    assert.equal((await t.inbox.events({ after: unread.next })).missed, false);
  },
};

export const FEED_OF_A_RETAINING_INBOX: Tests = {
  'says once that it missed events that were removed after the retention': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const start = await t.inbox.events();
    await t.record('old', 'completed');
    await t.finishAll();
    const read = await t.inbox.events({ after: start.next });
    elapse(retentionMs + 1000);
    await expectCalls(t, []);
    const late = await t.inbox.events({ after: start.next });
    assert.equal(late.missed, true);
    assert.equal((await t.inbox.events({ after: late.next })).missed, false);
    assert.equal((await t.inbox.events({ after: read.next })).missed, false);
  },
};
