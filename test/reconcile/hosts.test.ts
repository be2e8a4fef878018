import { createCallStatus } from '@call-status/core';
import { manualClock } from '@call-status/testing';
import { expect, it } from 'vitest';
import { sharedInbox } from '../../packages/core/test/shared-inbox.ts';
import { acme, acmeApi, acmeCallback } from './acme.ts';

const MINUTE = 60_000;

it('of two hosts one asks, and the other takes over when it stops', async () => {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi((callId) => ({ id: callId, state: 'over' }));
  const { view } = sharedInbox({ clock: clock.now });
  const ended: string[] = [];
  const start = () =>
    createCallStatus({
      providers: [acme({ token: 'secret', api: { key: 'key', url: api.url } })],
      inbox: view(),
      clock,
      log: { warn() {}, error() {} },
      onEnded: ({ callId }) => void ended.push(callId),
    });
  const hosts = [start(), start()];
  const leaders = async () => {
    const all = await Promise.all(hosts.map((host) => host.health()));
    return hosts.filter((_, at) => all[at]?.leads);
  };
  const passUntil = async (isReached: () => boolean) => {
    for (let passed = 0; passed < 10 * MINUTE && !isReached(); passed += 5000) {
      clock.advance(5000);
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect((await leaders()).length).toBeLessThanOrEqual(1);
    }
  };
  const ring = async (callId: string) => hosts[0]?.receive(acmeCallback({ id: callId, state: 'ringing' }));
  await Promise.all(['c1', 'c2', 'c3'].map(ring));
  await passUntil(() => ended.length === 3);
  expect(ended.toSorted()).toEqual(['c1', 'c2', 'c3']);
  expect(api.requests.map(({ query }) => query.get('ids')?.split(',').toSorted())).toEqual([['c1', 'c2', 'c3']]);

  await ring('c4');
  const [leader] = await leaders();
  await leader?.close();
  hosts.splice(hosts.indexOf(leader as (typeof hosts)[number]), 1);
  await passUntil(() => ended.length === 4);
  expect(ended.toSorted()).toEqual(['c1', 'c2', 'c3', 'c4']);
  expect(api.requests).toHaveLength(2);
  await hosts[0]?.close();
});
