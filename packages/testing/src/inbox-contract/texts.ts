import type { NewEvent } from '@call-status/core';
import { expect } from 'vitest';
import type { Tests } from './contract-test.ts';

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
      // An inbox may refuse what its store cannot hold; it must not take it for another.
      if (recorded instanceof Error) continue;
      expect(recorded, JSON.stringify(text)).toEqual({ transition: 'advance', done: false });
      expect((await t.inbox.getCall('acme', text))?.callId, JSON.stringify(text)).toBe(text);
    }
  },

  'gives values back as they came, whatever characters they have': async (t) => {
    for (const [at, text] of STRANGE.entries()) {
      await t.inbox.record(t.event(`c${at}`, 'ringing', { raw: { [text]: text, list: [text] } }));
      const { event, lease } = await t.takeOne();
      expect(event.raw, JSON.stringify(text)).toEqual({ [text]: text, list: [text] });
      await t.inbox.finish(lease);
    }
  },

  'takes large events': async (t) => {
    const raw = { text: 'x'.repeat(1_000_000), list: Array.from({ length: 1000 }, (_, at) => ({ at: `${at}` })) };
    await t.inbox.record(t.event('c1', 'ringing', { raw }));
    expect((await t.takeOne()).event.raw).toEqual(raw);
  },

  'takes long error texts and names of handlers; it may cut a text': async (t) => {
    await t.record('c1', 'ringing');
    const doneHandlers = ['x'.repeat(500), 'nul\0', 'ü'];
    const { lease, event } = await t.takeOne();
    const error = `boom\0☎\ud800${'e'.repeat(5_000_000)}`;
    expect(await t.inbox.fail(lease, { error, doneHandlers })).toBe('done');
    const letter = await t.inbox.deadLetters.get(event.id);
    expect(letter?.error.startsWith('boom')).toBe(true);
    await t.inbox.deadLetters.replay(event.id);
    expect((await t.takeOne()).doneHandlers).toEqual(doneHandlers);
  },

  'lets no bad event fail its neighbors': async (t) => {
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    const bad = [{ raw: 1n }, { raw: circular }, { raw: () => {} }, { receivedAt: 'never' }, { status: null }];
    const good: Promise<unknown>[] = [];
    const settled: Promise<unknown>[] = [];
    for (const [at, part] of bad.entries()) {
      good.push(t.inbox.record(t.event(`before${at}`, 'ringing')));
      // It may be refused, or kept.
      settled.push(t.inbox.record({ ...t.event(`bad${at}`, 'ringing'), ...part } as NewEvent).catch(() => {}));
      good.push(t.inbox.record(t.event(`after${at}`, 'ringing')));
    }
    await Promise.all(settled);
    for (const recorded of await Promise.all(good)) expect(recorded).toEqual({ transition: 'advance', done: false });
    const found = new Set((await t.inbox.listCalls({ limit: 1000 })).rows.map(({ callId }) => callId));
    for (const at of bad.keys()) expect([found.has(`before${at}`), found.has(`after${at}`)]).toEqual([true, true]);
  },

  'changes no event that it is given': async (t) => {
    const given = Object.freeze({ ...t.event('c1', 'ringing', { raw: Object.freeze({ a: 'b' }) }) });
    const before = structuredClone(given);
    await t.inbox.record(given);
    await t.finishOne();
    expect(given).toEqual(before);
    expect(given).not.toHaveProperty('transition');
  },
};
