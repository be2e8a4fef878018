import { describe, expect, it } from 'vitest';
import { inboxContract, type MakeInbox } from '../../src/index.ts';
import { WRONG_ABOUT_CALLS } from './wrong-calls.ts';
import { WRONG_ABOUT_DEAD_LETTERS } from './wrong-dead-letters.ts';
import { RIGHT_INBOX } from './wrong-inbox.ts';
import { WRONG_ABOUT_JOBS } from './wrong-jobs.ts';
import { WRONG_TRANSACTIONS } from './wrong-transactions.ts';
import { WRONG_ABOUT_VIEWS } from './wrong-views.ts';
import { WRONG_ABOUT_WATCHES } from './wrong-watches.ts';

const WRONG_INBOXES = [
  ...WRONG_ABOUT_JOBS,
  ...WRONG_ABOUT_DEAD_LETTERS,
  ...WRONG_ABOUT_CALLS,
  ...WRONG_ABOUT_VIEWS,
  ...WRONG_ABOUT_WATCHES,
  ...WRONG_TRANSACTIONS,
];

/** The tests of a subject that an inbox does not pass. */
async function failuresOf(makeInbox: MakeInbox, subject: string): Promise<string[]> {
  const failures: string[] = [];
  const tests = (await inboxContract(makeInbox)).filter((test) => test.subject === subject);
  expect(tests.length).toBeGreaterThan(0);
  for (const { name, run } of tests) {
    await run().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      failures.push(name);
    });
  }
  return failures;
}

describe('an inbox does not pass the contract that', () => {
  it.each(WRONG_INBOXES)('%s', { timeout: 120_000 }, async (_what, subject, makeInbox) => {
    expect(await failuresOf(makeInbox, subject)).not.toEqual([]);
  });
});

describe('an inbox that does none of these passes', () => {
  it.each([...new Set(WRONG_INBOXES.map(([, subject]) => subject))])('%s', { timeout: 120_000 }, async (subject) => {
    expect(await failuresOf(RIGHT_INBOX, subject)).toEqual([]);
  });
});
