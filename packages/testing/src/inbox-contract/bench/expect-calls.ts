import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import { eventually } from '../../real-time.ts';
import type { Bench } from './bench.ts';

let others = 0;

/** Expects exactly these calls. An inbox may remove only a few calls at a time, only when something is recorded, and only where a worker runs. */
export async function expectCalls(t: Bench, callIds: readonly string[], inbox: Inbox = t.inbox): Promise<void> {
  const stop = t.inbox.onJobs(() => {});
  const expectThem = async (): Promise<void> => {
    await t.record(`other${++others}`, 'ringing');
    const { rows } = await inbox.listCalls({ limit: 1000 });
    const found = rows.map(({ callId }) => callId).filter((callId) => !callId.startsWith('other'));
    assert.deepEqual(found.sort(), [...callIds].sort());
  };
  await eventually(expectThem).finally(stop);
}
