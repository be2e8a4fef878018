import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { WorkerHealth, WorkerReport } from '@call-status/core/inbox';
import type { Tests } from '../bench/bench.ts';

const REPORT: WorkerReport = {
  owner: 'host-1/42',
  version: '1.2.3',
  handlers: ['onCompleted', 'onError'],
  running: 3,
  concurrency: 10,
  oldestRunningMs: 1500,
};

/** The workers that an inbox knows, in the order of their names. */
async function workersOf(inbox: Inbox): Promise<WorkerHealth[]> {
  const { workers } = await inbox.health();
  return [...workers].sort((a, b) => (a.owner < b.owner ? -1 : 1));
}

export const WORKERS: Tests = {
  'shows what each worker reported last, and when': async (t) => {
    const inbox = t.inbox;
    assert.deepEqual(await workersOf(inbox), []);
    await inbox.reportWorker(REPORT);
    await inbox.reportWorker({ ...REPORT, owner: 'host-2/7', handlers: [] });
    const lastSeenAt = new Date(t.clock.now()).toISOString();
    const other = { ...REPORT, owner: 'host-2/7', handlers: [], lastSeenAt };
    assert.deepEqual(await workersOf(inbox), [{ ...REPORT, lastSeenAt }, other]);
    const later = new Date(t.clock.advance(15_000)).toISOString();
    const next = { ...REPORT, running: 0, oldestRunningMs: 0, handlers: ['onStatus'] };
    await inbox.reportWorker(next);
    assert.deepEqual(await workersOf(inbox), [{ ...next, lastSeenAt: later }, other]);
  },

  'shows no worker that has not reported for a minute, or was removed': async (t) => {
    const inbox = t.inbox;
    await inbox.reportWorker({ ...REPORT, owner: 'silent' });
    t.clock.advance(59_000);
    await inbox.reportWorker({ ...REPORT, owner: 'stopped' });
    await inbox.reportWorker({ ...REPORT, owner: 'alive' });
    const owners = async () => (await workersOf(inbox)).map(({ owner }) => owner);
    assert.deepEqual(await owners(), ['alive', 'silent', 'stopped']);
    t.clock.advance(2000);
    assert.deepEqual(await owners(), ['alive', 'stopped']);
    await inbox.removeWorker('stopped');
    await inbox.removeWorker('unknown');
    assert.deepEqual(await owners(), ['alive']);
    await inbox.reportWorker({ ...REPORT, owner: 'silent' });
    assert.deepEqual(await owners(), ['alive', 'silent']);
  },

  'keeps names of any characters': async (t) => {
    const inbox = t.inbox;
    const owner = `'; DROP TABLE workers; -- ☎😀%`;
    await inbox.reportWorker({ ...REPORT, owner, handlers: ['"a"', 'b,c', '{d}', '', '\\'] });
    assert.deepEqual((await workersOf(inbox))[0]?.handlers, ['"a"', 'b,c', '{d}', '', '\\']);
    await inbox.removeWorker(owner);
    assert.deepEqual(await workersOf(inbox), []);
  },
};
