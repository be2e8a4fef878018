import type { Inbox } from '@call-status/core';
import { inboxContract } from '@call-status/testing';
import { expect, it } from 'vitest';
import { temporaryFile, unthreadedInbox } from '../support.ts';

const RETAIN_FOR_MS = 3_600_000;

/** The contract of retention: beside the clock that tests move, no time passes but that which they let pass. */
const tests = (
  await inboxContract(({ clock, advance }) => {
    const path = temporaryFile();
    let mono = 1_000_000;
    const opened: Inbox[] = [];
    const open = (): Inbox => {
      const options = { path, clock, retentionMs: RETAIN_FOR_MS, sweepMs: 5 };
      const inbox = unthreadedInbox(options, { mono: () => mono });
      void inbox.ready({ create: true });
      opened.push(inbox);
      return inbox;
    };
    const inbox = open();
    const elapse = (ms: number): void => {
      advance(ms);
      mono += ms;
    };
    return {
      inbox,
      async reopen() {
        await inbox.close();
        return open();
      },
      second: async () => open(),
      retention: { retentionMs: RETAIN_FOR_MS, elapse },
      cleanup: async () => void (await Promise.all(opened.map((each) => each.close()))),
    };
  })
).filter(({ subject }) => subject.startsWith('retention') || subject === 'watches and retention');

it.each(tests)('sqliteInbox keeps the contract of $name', { timeout: 60_000 }, async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
