import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { nextTurn } from '../../real-time.ts';
import type { Tests } from '../bench/bench.ts';
import { readFeed } from '../bench/read-feed.ts';

const WRITERS = 12;
const EACH = 25;

/** Follows a feed until `isOver`, and then to its end. */
async function follow(inbox: Inbox, isOver: () => boolean): Promise<string[]> {
  const ids: string[] = [];
  let after: { readonly after?: string } = {};
  for (;;) {
    const wasOver = isOver();
    const { rows, next, missed } = await inbox.events({ ...after, limit: 10 });
    assert.equal(missed, false);
    ids.push(...rows.map(({ event }) => event.id));
    if (wasOver && rows.length === 0) return ids;
    after = { after: next };
    if (rows.length === 0) await nextTurn();
  }
}

export const FEED_OF_TWO: Tests = {
  'shows every event once and to all in the same order, while both record and some events are refused': async (t) => {
    const other = await t.second();
    let isOver = false;
    const readers = [t.inbox, other, other].map((inbox) => follow(inbox, () => isOver));
    const write = async (writer: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let turn = 0; turn < EACH; turn++) {
        const inbox = writer % 2 === 0 ? t.inbox : other;
        const event = t.event(`c${(writer + turn) % 5}`, 'ringing', { id: `${writer}/${turn}` });
        const both = [inbox.record(event).then(() => ids.push(event.id))];
        // It may be kept: then it is in the feed as well.
        const bad = { ...event, id: `bad${event.id}`, raw: 1n } as NewEvent;
        if (turn % 5 === 0) both.push(inbox.record(bad).then(() => ids.push(bad.id), Number));
        await Promise.all(both);
      }
      return ids;
    };
    const written = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer))).finally(() => {
      isOver = true;
    });
    const [first, ...others] = await Promise.all(readers);
    assert.deepEqual(new Set(first), new Set(written.flat()));
    assert.equal(first?.length, written.flat().length);
    for (const ids of others) assert.deepEqual(ids, first);
    const { rows } = await readFeed(t.inbox, { limit: 1000 });
    assert.deepEqual(
      rows.map(({ event }) => event.id),
      first,
    );
  },

  'begins at the end for one where the other stopped': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    const { next } = await t.inbox.events({ after: 'end' });
    await other.record(t.event('c1', 'completed'));
    const { rows } = await other.events({ after: next });
    assert.deepEqual(
      rows.map(({ event }) => event.id),
      ['acme:c1:completed'],
    );
  },
};
