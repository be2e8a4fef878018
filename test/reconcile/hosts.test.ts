import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCallStatus } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { manualClock } from '@call-status/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { acme, acmeApi, acmeCallback } from './acme.ts';

const MINUTE = 60_000;

it('of two hosts one asks, and the other takes over when it stops', async () => {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi((callId) => ({ id: callId, state: 'over' }));
  const folder = mkdtempSync(path.join(tmpdir(), 'reconcile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ended: string[] = [];
  const start = () =>
    createCallStatus({
      providers: [acme({ token: 'secret', api: { key: 'key', url: api.url } })],
      inbox: sqliteInbox({ path: path.join(folder, 'calls.db'), clock: clock.now }),
      clock,
      log: { warn() {}, error() {} },
      onEnded: ({ callId }) => void ended.push(callId),
    });
  const hosts = [start(), start()];
  const leaders = async () => {
    const all = await Promise.all(hosts.map((host) => host.health()));
    return hosts.filter((_, at) => all[at]?.leads);
  };
  const pass = async () => {
    for (let passed = 0; passed < 6 * MINUTE; passed += 5000) {
      clock.advance(5000);
      await vi.waitFor(async () => expect(await leaders()).toHaveLength(1), { interval: 1 });
    }
  };
  const ring = (callId: string) => hosts[0]?.receive(acmeCallback({ id: callId, state: 'ringing' }));
  await Promise.all(['c1', 'c2', 'c3'].map(ring));
  await pass();
  await vi.waitFor(() => expect(ended.toSorted()).toEqual(['c1', 'c2', 'c3']));
  expect(api.requests.map(({ query }) => query.get('ids')?.split(',').toSorted())).toEqual([['c1', 'c2', 'c3']]);

  await ring('c4');
  const [leader] = await leaders();
  await leader?.close();
  hosts.splice(hosts.indexOf(leader as (typeof hosts)[number]), 1);
  await pass();
  await vi.waitFor(() => expect(ended.toSorted()).toEqual(['c1', 'c2', 'c3', 'c4']));
  expect(api.requests).toHaveLength(2);
  await hosts[0]?.close();
});
