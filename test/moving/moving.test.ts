// From SQLite to PostgreSQL, while a receiver gets callbacks and handles them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCallStatus, type Inbox, mycpaas } from '@call-status/core';
import { moveInbox } from '@call-status/core/inbox';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freshSchema, sharedServer } from '../../packages/inbox-postgres/test/servers/test-server.ts';

const server = await sharedServer();
const folder = mkdtempSync(path.join(tmpdir(), 'call-status-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CALLS = 40;
const SILENT = { info() {}, warn() {}, error() {} };

/** A receiver of an inbox. `handled` gets a line for each handler that ran. */
function receiverOf(inbox: Inbox, handled: string[], fails: (callId: string) => boolean = () => false) {
  const calls = createCallStatus({
    providers: [mycpaas({ token: 't' })],
    inbox,
    log: SILENT,
    retry: { attempts: 2, backoff: () => 300 },
    onStatus: ({ callId, status, transition }) => {
      if (fails(callId)) throw new Error('away');
      handled.push(`${callId} ${status} ${transition}`);
    },
    onEnded: ({ callId }) => {
      handled.push(`${callId} ended`);
    },
  });
  onTestFinished(() => calls.close());
  return calls;
}

type Receiver = ReturnType<typeof receiverOf>;

async function callback(calls: Receiver, callId: string, status: string): Promise<number | undefined> {
  const body = new URLSearchParams({ CallSid: callId, CallStatus: status }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${body.length}` };
  const request = { method: 'POST', url: '/?token=t', headers, origin: 'https://example.com', body: Buffer.from(body) };
  return (await calls.provider('mycpaas').receive(request))?.status;
}

async function callbackOfAll(calls: Receiver, status: string): Promise<void> {
  const statuses = await Promise.all(Array.from({ length: CALLS }, (_, at) => callback(calls, `c${at}`, status)));
  expect(new Set(statuses)).toEqual(new Set([200]));
}

describe.skipIf(server === undefined)('moving from SQLite to PostgreSQL', () => {
  it('loses and repeats nothing while callbacks keep coming, though it is stopped in the middle', async () => {
    const [url, file] = [server as string, path.join(folder, 'calls.db')];
    const schema = freshSchema(url);
    const handled: string[] = [];

    const before = receiverOf(sqliteInbox({ path: file }), handled, (callId) => callId === 'dead' || callId === 'late');
    await before.ready();
    await callbackOfAll(before, 'ringing');
    for (const callId of ['dead', 'late']) await callback(before, callId, 'ringing');
    await vi.waitFor(async () => expect((await before.inbox.health()).dead).toBe(2));
    await callback(before, 'late', 'in-progress');
    await before.close();

    const open = (): ReturnType<typeof moveInbox> =>
      moveInbox(sqliteInbox({ path: file }), postgresInbox({ url, schema }));
    const first = receiverOf(open(), handled);
    await first.ready();
    await callback(first, 'c7', 'in-progress');
    await first.close();

    const inbox = open();
    const second = receiverOf(inbox, handled);
    await second.ready();
    await Promise.all([callbackOfAll(second, 'ringing'), callbackOfAll(second, 'completed')]);
    await callback(second, 'c7', 'busy');
    expect(await second.inbox.deadLetters.replay((await anyDead(second.inbox, 'dead')) as string)).toBe(true);
    const { calls } = await inbox.moved;
    expect(calls).toBeLessThanOrEqual(CALLS + 2);
    await vi.waitFor(async () => expect((await inbox.health()).dead).toBe(1));
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 }));

    const expected = Array.from({ length: CALLS }, (_, at) => [
      `c${at} ringing advance`,
      `c${at} completed advance`,
      `c${at} ended`,
    ]);
    const others = ['c7 in-progress advance', 'c7 busy conflict', 'dead ringing advance', 'late in-progress advance'];
    expect([...handled].sort()).toEqual([...expected.flat(), ...others].sort());
    for (let at = 0; at < CALLS; at++) {
      const own = handled.filter((line) => line.startsWith(`c${at} `));
      expect(own.indexOf(`c${at} ringing advance`)).toBeLessThan(own.indexOf(`c${at} completed advance`));
    }
    await second.close();

    const old = sqliteInbox({ path: file });
    expect(await old.counts()).toEqual({ live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
    await old.close();
  });
});

async function anyDead(inbox: Inbox, callId: string): Promise<string | undefined> {
  const call = await inbox.getCall('mycpaas', callId);
  return call?.events[0]?.id;
}
