import { MessageChannel } from 'node:worker_threads';
import { expect, it, onTestFinished, vi } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { pragma } from '../database/open.ts';
import { Connection } from '../store/connection.ts';
import { eventColumnsOf } from '../store/rows.ts';
import { CommitLoop } from './commit-loop.ts';
import { ExitGate } from './exit-gate.ts';
import { CLOSE, PONG } from './protocol.ts';

/** A commit loop, and the port to it. */
function setUp() {
  const path = temporaryFile();
  const { port1, port2 } = new MessageChannel();
  const connection = new Connection(path, loadEngine());
  const store = connection.open({ create: true, waitMs: 0 });
  new CommitLoop(port2, connection, new ExitGate(ExitGate.memory()), { groupCommit: true, busyTimeoutMs: 1000 });
  const pings: unknown[] = [];
  port1.on('message', (message) => message.ping && pings.push(message));
  onTestFinished(() => port1.postMessage(CLOSE));
  const endsAt = () => {
    const db = new (loadEngine())(path);
    const wakesAt = pragma(db, 'SELECT coalesce((SELECT wakes_at FROM jobs), (SELECT wakes_at FROM flights))');
    db.close();
    return Number(wakesAt);
  };
  const take = () => {
    port1.postMessage(['record', [eventColumnsOf(anEvent('c1'))], undefined]);
    port1.postMessage(['take', [{ limit: 1, leaseMs: 300, owner: 'test' }], undefined]);
  };
  return { path, port: port1, pings, endsAt, take, store };
}

it('renews the leases of a process that does not answer', async () => {
  const { pings, endsAt, take } = setUp();
  take();
  await vi.waitFor(() => expect(pings.length).toBeGreaterThan(0));
  const first = endsAt();
  await vi.waitFor(() => expect(endsAt()).toBeGreaterThan(first));
});

it('does not renew them for one that answers', async () => {
  const { port, pings, endsAt, take } = setUp();
  port.on('message', (message) => message.ping && port.postMessage(PONG));
  take();
  await vi.waitFor(() => expect(pings.length).toBeGreaterThan(0));
  const first = endsAt();
  await vi.waitFor(() => expect(pings.length).toBeGreaterThan(3));
  expect(endsAt()).toBe(first);
});

it('continues when it cannot renew them', async () => {
  const { path, port, pings, take } = setUp();
  take();
  await vi.waitFor(() => expect(pings.length).toBe(1));
  const other = new (loadEngine())(path);
  other.exec('BEGIN IMMEDIATE');
  await new Promise((resolve) => setTimeout(resolve, 300));
  other.exec('ROLLBACK');
  other.close();
  const answered = new Promise((resolve) => port.once('message', resolve));
  port.postMessage(['record', [eventColumnsOf(anEvent('c2'))], undefined]);
  expect(await answered).toMatchObject({ results: [['advance', false]] });
});

it('gets an answer from its inbox', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  await inbox.record(anEvent('c1'));
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 60, owner: 'test' });
  expect(jobs).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Without an answer, the lease is renewed again and again. On a busy machine, an answer may come late.
  const again = { limit: 1, leaseMs: 60, owner: 'test', suspect: true };
  await vi.waitFor(async () => expect((await inbox.take(again)).jobs).toHaveLength(1), { interval: 200 });
});

it('keeps the order of writes that arrive while another program locks the file', async () => {
  const { path, port } = setUp();
  const other = new (loadEngine())(path);
  other.exec('BEGIN IMMEDIATE');
  const transitions: unknown[] = [];
  port.on('message', ({ results }) => transitions.push(...results.map(([transition]: unknown[]) => transition)));
  const statuses = ['queued', 'initiated', 'ringing', 'in-progress', 'completed'] as const;
  for (const status of statuses) {
    port.postMessage(['record', [eventColumnsOf(anEvent('c1', status))], undefined]);
    // The commit loop runs in this thread: by now it has met the lock, and waits.
    for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
  }
  other.exec('ROLLBACK');
  other.close();
  await vi.waitFor(() => expect(transitions).toEqual(statuses.map(() => 'advance')));
});
