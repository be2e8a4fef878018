import assert from 'node:assert/strict';
import type { NewEvent } from '@call-status/core/inbox';
import type { Tests } from '../bench/bench.ts';

const STRANGE = [
  '\ud800',
  'a\udfff',
  'nul\0nul',
  '\u2028',
  "'; DROP TABLE calls; --",
  '☎'.repeat(300),
  '😀',
  ' ',
  '%',
  '"',
];

export const TEXTS: Tests = {
  'keeps ids apart, whatever characters they have': async (t) => {
    const more = ['\ud801', 'nul\0nu', 'nul', '\ufffd'];
    for (const text of [...STRANGE, ...more]) {
      const recorded = await t.inbox.record(t.event(text, 'ringing')).catch((error: unknown) => error);
      // An inbox may reject an id that its store cannot hold, but must not confuse it with another.
      if (recorded instanceof Error) continue;
      assert.deepEqual(recorded, { transition: 'advance', done: false }, JSON.stringify(text));
      assert.equal((await t.inbox.getCall('acme', text))?.callId, text, JSON.stringify(text));
    }
  },

  'gives values back as they came, whatever characters they have': async (t) => {
    for (const [at, text] of STRANGE.entries()) {
      await t.inbox.record(t.event(`c${at}`, 'ringing', { raw: { [text]: text, list: [text] } }));
      const { event, lease } = await t.takeOne();
      assert.deepEqual(event.raw, { [text]: text, list: [text] }, JSON.stringify(text));
      await t.inbox.finish(lease);
    }
  },

  'takes large events': async (t) => {
    const raw = { text: 'x'.repeat(1_000_000), list: Array.from({ length: 1000 }, (_, at) => ({ at: `${at}` })) };
    await t.inbox.record(t.event('c1', 'ringing', { raw }));
    assert.deepEqual((await t.takeOne()).event.raw, raw);
  },

  'takes long error texts and names of handlers; it may cut a text': async (t) => {
    await t.record('c1', 'ringing');
    const doneHandlers = ['x'.repeat(500), 'nul\0', 'ü'];
    const { lease, event } = await t.takeOne();
    const error = `boom\0☎\ud800${'e'.repeat(5_000_000)}`;
    assert.equal(await t.inbox.fail(lease, { error, doneHandlers }), 'done');
    const letter = await t.inbox.deadLetters.get(event.id);
    assert.equal(letter?.error.startsWith('boom'), true);
    await t.inbox.deadLetters.replay(event.id);
    assert.deepEqual((await t.takeOne()).doneHandlers, doneHandlers);
  },

  'lets no bad event fail its neighbors': async (t) => {
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    const bad = [{ raw: 1n }, { raw: circular }, { raw: () => {} }, { receivedAt: 'never' }, { status: null }];
    const good: Promise<unknown>[] = [];
    const settled: Promise<unknown>[] = [];
    for (const [at, part] of bad.entries()) {
      good.push(t.inbox.record(t.event(`before${at}`, 'ringing')));
      // It may be rejected or kept.
      settled.push(t.inbox.record({ ...t.event(`bad${at}`, 'ringing'), ...part } as NewEvent).catch(() => {}));
      good.push(t.inbox.record(t.event(`after${at}`, 'ringing')));
    }
    await Promise.all(settled);
    for (const recorded of await Promise.all(good)) assert.deepEqual(recorded, { transition: 'advance', done: false });
    const found = new Set((await t.inbox.listCalls({ limit: 1000 })).rows.map(({ callId }) => callId));
    for (const at of bad.keys()) assert.deepEqual([found.has(`before${at}`), found.has(`after${at}`)], [true, true]);
  },

  'changes no event that it is given': async (t) => {
    const given = Object.freeze({ ...t.event('c1', 'ringing', { raw: Object.freeze({ a: 'b' }) }) });
    const before = structuredClone(given);
    await t.inbox.record(given);
    await t.finishOne();
    assert.deepEqual(given, before);
  },
};
