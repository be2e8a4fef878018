// What `call-status trigger` sends happens now.
import { builtInProviders, createCallStatus } from '@call-status/core';
import { fixtures, optionsFor, proofFor } from '@call-status/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCallback } from '../../src/trigger/make-callback.ts';
import { run } from '../run.ts';
import { PROOFS, SECRET, startServer } from '../servers.ts';

const MINUTES_MS = 10 * 60_000;

describe.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  '%s',
  (name, provider) => {
    const calls = createCallStatus({
      providers: [provider(optionsFor(provider, SECRET))],
      log: { warn() {}, error() {} },
    });
    afterAll(() => calls.close());

    it.each(fixtures(provider))('$name', async (fixture) => {
      const { callback } = makeCallback(
        {
          provider,
          sample: fixture,
          to: new URL(`http://127.0.0.1:3000/webhooks/${name}`),
          publicUrl: undefined,
          encoding: undefined,
          changes: [],
          callId: undefined,
          occurredAtMs: Date.now(),
          proof: { proof: proofFor(provider, SECRET), shown: '' },
        },
        () => expect.unreachable(),
      );
      const receipt = await calls.provider(name as never).receive(callback);
      const { expect: expected } = fixture;
      if (expected.kind === 'passed-on') expect(receipt).toBeUndefined();
      if (expected.kind === 'refused') expect(receipt?.error?.code).toBe(expected.code);
      if (expected.kind !== 'event') return;
      const { event } = receipt ?? {};
      expect([event?.status, event?.trust]).toEqual([expected.event['status'], expect.stringMatching(/signed|token/)]);
      expect(event?.occurredAt === undefined).toBe(expected.event['occurredAt'] === undefined);
      if (event?.occurredAt === undefined) return;
      expect(Math.abs(Date.parse(event.receivedAt) - Date.parse(event.occurredAt))).toBeLessThan(MINUTES_MS);
    });
  },
);

it('unless --set has another time, also that of the sample', async () => {
  const server = await startServer('fastify');
  const trigger = (...args: string[]) =>
    run(['trigger', 'signalwire.busy', '--to', server.url('signalwire'), ...args], { env: PROOFS });
  await trigger();
  await trigger('--set', 'Timestamp=Thu, 25 Jun 2026 20:25:02 +0000');
  const [now, set] = server.events;
  expect(Date.now() - Date.parse(String(now?.occurredAt))).toBeLessThan(MINUTES_MS);
  expect(set).toMatchObject({ occurredAt: '2026-06-25T20:25:02.000Z', trust: 'signed' });
});

it('changes nothing of a callback that no server can read', async () => {
  const server = await startServer('fastify');
  const args = ['trigger', 'exotel.invalid-content-encoding', '--to', server.url('exotel')];
  const sent = await run(args, { env: PROOFS });
  expect([sent.exitCode, sent.stdout]).toEqual([1, expect.stringContaining('<-- 415 ')]);
  const changed = await run([...args, '--set', 'Status=busy'], { env: PROOFS });
  expect([changed.exitCode, changed.stderr]).toEqual([
    2,
    'call-status: This callback has a body that no server can read, so it can only be sent as it is. Leave out --set, --remove, --call and the encoding.\n',
  ]);
});
