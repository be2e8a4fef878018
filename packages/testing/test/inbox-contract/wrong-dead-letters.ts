import { setImmediate } from 'node:timers/promises';
import type { DeadLetterQuery, DeadLetters } from '@call-status/core/inbox';
import { makeWrong, type WrongInbox } from './wrong-inbox.ts';

/** Replays in steps, as long as there is a dead letter that is not newer than the newest one was. */
async function replayOld(deadLetters: DeadLetters, query: DeadLetterQuery = {}): Promise<number> {
  const [newest] = (await deadLetters.list({ ...query, limit: 1 })).rows;
  for (let replayed = 0; ; await setImmediate()) {
    const { rows } = await deadLetters.list({ ...query, limit: 1000 });
    const oldest = rows.filter(({ deadAt }) => newest && deadAt <= newest.deadAt).slice(-50);
    if (oldest.length === 0) return replayed;
    for (const { event } of oldest) await deadLetters.replay(event.id);
    replayed += oldest.length;
  }
}

/** Inboxes that are wrong about dead letters, each in one way. */
export const WRONG_ABOUT_DEAD_LETTERS: readonly WrongInbox[] = [
  [
    'replays again what dies again before the time of the newest dead letter',
    'dead letters',
    makeWrong(({ deadLetters }) => ({
      deadLetters: {
        list: (query) => deadLetters.list(query),
        get: (id) => deadLetters.get(id),
        replay: (id) => deadLetters.replay(id),
        replayAll: (query) => replayOld(deadLetters, query),
        discard: (id) => deadLetters.discard(id),
        groups: (query) => deadLetters.groups(query),
      },
    })),
  ],
  [
    'keeps no handler with a dead letter',
    'dead letters',
    makeWrong((right) => ({
      fail: (lease, { handler, ...failure }) => right.fail(lease, failure),
    })),
  ],
  [
    'replays before it has stored what it was told earlier',
    'dead letters',
    makeWrong((right) => ({
      async fail(lease, failure) {
        await setImmediate();
        return right.fail(lease, failure);
      },
    })),
  ],
];
