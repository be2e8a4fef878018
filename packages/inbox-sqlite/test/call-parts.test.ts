import type { CallSummary, Inbox } from '@call-status/core';
import { partsOf } from '@call-status/core/inbox';
import { expect, it } from 'vitest';
import { anEvent } from './events.ts';
import { openInbox, temporaryFile } from './support.ts';

async function takeOne(inbox: Inbox) {
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 60_000, owner: 'test' });
  return (jobs[0] as (typeof jobs)[0]).lease;
}

async function handlings(inbox: Inbox): Promise<readonly unknown[]> {
  const { rows } = await inbox.listCalls();
  const parts = await partsOf(inbox, rows[0] as CallSummary);
  return (parts?.events ?? []).map(({ handling }) => [handling.state, handling.failedAttempts, handling.error]);
}

const WAITING = ['waiting', 0, undefined];
const HANDLED = ['handled', 0, undefined];

it('says how far the work on each event of a call has come', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  for (const status of ['ringing', 'in-progress', 'completed'] as const) await inbox.record(anEvent('c1', status));
  expect(await handlings(inbox)).toEqual([['due', 0, undefined], WAITING, WAITING]);
  const first = await takeOne(inbox);
  expect(await handlings(inbox)).toEqual([['running', 0, undefined], WAITING, WAITING]);
  await inbox.finish(first);
  await inbox.fail(await takeOne(inbox), { doneHandlers: ['onStatus'], error: 'Error: down', retryInMs: 60_000 });
  expect(await handlings(inbox)).toEqual([HANDLED, ['retrying', 1, 'Error: down'], WAITING]);
});

it('knows dead letters, and the events of an inbox that moves no calls', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  await inbox.record(anEvent('c1'));
  await inbox.fail(await takeOne(inbox), { doneHandlers: [], error: 'Error: down' });
  expect(await handlings(inbox)).toEqual([['dead', 1, 'Error: down']]);
  const other = new Proxy(inbox, {
    get: (target, name) => {
      const value: unknown = name === 'exportCall' ? undefined : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  expect(await handlings(other)).toEqual([HANDLED]);
});

it('knows nothing of a call that was just removed', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  await inbox.record(anEvent('c1'));
  const { rows } = await inbox.listCalls();
  const summary = rows[0] as CallSummary;
  await inbox.forgetCall(summary.provider, summary.callId);
  expect(await partsOf(inbox, summary)).toBeUndefined();
});
