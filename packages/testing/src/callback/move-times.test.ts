import {
  type AnyCallStatusEvent,
  builtInProviders,
  createCallStatus,
  mycpaas,
  retell,
  signalwire,
  voicedock,
} from '@call-status/core';
import { defineProvider, time } from '@call-status/core/provider';
import { afterAll, describe, expect, it } from 'vitest';
import { fixtureOf, fixtures } from '../fixtures/fixtures.ts';
import type { ProviderLike } from '../provider-like.ts';
import { callback } from './callback.ts';
import { optionsFor, proofFor } from './proof.ts';

const AT = Date.UTC(2031, 1, 28, 23, 59, 59, 999);
const SECRET = 'of the test';

const newReceiver = () =>
  createCallStatus({
    providers: builtInProviders.map((one) => one(optionsFor(one, SECRET))),
    clock: () => AT,
    log: { warn() {}, error() {} },
  });
const [receiver, receiverOfMoved] = [newReceiver(), newReceiver()];
afterAll(() => Promise.all([receiver.close(), receiverOfMoved.close()]));

async function eventOf(provider: ProviderLike, name: string, moved: { readonly occurredAtMs?: number } = {}) {
  const made = callback(provider, name, { nowMs: AT, ...proofFor(provider, SECRET), ...moved });
  const calls = moved.occurredAtMs === undefined ? receiver : receiverOfMoved;
  const receipt = await calls.provider(provider.definition.name as 'exotel').receive(made);
  return receipt?.event;
}

/** How long before the event its call began and was answered, and how long it was. */
function spansOf(event: Awaited<ReturnType<typeof eventOf>>) {
  const { occurredAt = '', startedAt, answeredAt, durationSeconds }: Partial<AnyCallStatusEvent> = event ?? {};
  const before = (at = occurredAt) => Date.parse(occurredAt) - Date.parse(at);
  return { started: before(startedAt), answered: before(answeredAt), durationSeconds };
}

describe.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  '%s',
  (_, provider) => {
    const events = fixtures(provider).filter(({ expect: { kind } }) => kind === 'event');
    it.each(events)('occurs when it is said to, and stays genuine: $name', async ({ name }) => {
      const [before, after] = [await eventOf(provider, name), await eventOf(provider, name, { occurredAtMs: AT })];
      expect([after?.status, after?.trust]).toEqual([before?.status, before?.trust]);
      expect(spansOf(after)).toEqual(spansOf(before));
      expect(after?.occurredAt === undefined).toBe(before?.occurredAt === undefined);
      if (after?.occurredAt === undefined) return;
      const earlier = AT - Date.parse(after.occurredAt);
      expect(earlier).toBeGreaterThanOrEqual(0);
      expect(earlier).toBeLessThan(1000);
    });
  },
);

describe('each time keeps its format', () => {
  // A provider whose event occurred at its field `at`.
  const acme = defineProvider({
    ...mycpaas.definition,
    name: 'acme',
    normalize: ({ at }: { readonly at?: unknown }) => ({ callId: '1', rawStatus: 'up', occurredAt: time(at) }),
  } as never);
  const movedBy = (fields: object) => {
    const body = Buffer.from(JSON.stringify(fields));
    const sample = { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, body };
    return JSON.parse(String(callback(acme, sample, { occurredAtMs: AT }).body));
  };

  it.each([
    ['2026-06-02T14:30:45.123456Z', '2031-02-28T23:59:59.123456Z'],
    ['2026-06-02t14:30:45Z', '2031-02-28t23:59:59Z'],
    ['2026-06-02 14:30:45+05:30', '2031-03-01 05:29:59+05:30'],
    ['2026-06-02 14:30 UTC', '2031-02-28 23:59 UTC'],
    ['Tue, 02 Jun 2026 14:30:45 -0300', 'Fri, 28 Feb 2031 20:59:59 -0300'],
    ['2 Jun 2026 14:30:45 GMT', '28 Feb 2031 23:59:59 GMT'],
    [1780410645, 1930089599],
    [1780410645.25, 1930089599.25],
    [1780410645123, 1930089599123],
    ['1780410645', '1930089599'],
    ['1780410645123', '1930089599123'],
  ])('%s becomes %s', (at, to) => {
    expect(movedBy({ at })).toEqual({ at: to });
  });

  it('wherever it is, by the same span, and all else stays as it is', () => {
    const kept = {
      phone: '2025550143',
      number: 12025550143,
      unset: '1970-01-01 05:30:00',
      version: '2010-04-01',
      wrong: '2026-06-02T14:30:60Z',
      none: null,
    };
    const at = '2026-06-02T14:30:45Z';
    const legs = [{ started: '2026-06-02 14:29:45', ended: 1780410640 }];
    expect(movedBy({ at, legs, ...kept })).toEqual({
      at: '2031-02-28T23:59:59Z',
      legs: [{ started: '2031-02-28 23:58:59', ended: 1930089594 }],
      ...kept,
    });
  });

  it('if the provider does not say when it happened, the last of them is then', () => {
    expect(
      movedBy({ from: '9876543210', start: '2026-06-02 14:29:45', end: '2026-06-02 14:30:45', other: 1780410000 }),
    ).toEqual({ from: '9876543210', start: '2031-02-28 23:58:59', end: '2031-02-28 23:59:59', other: 1930088954 });
    expect(movedBy({ from: '9876543210' })).toEqual({ from: '9876543210' });
  });
});

it('does not change fields that are set', () => {
  const fields = { Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000' };
  const made = callback(signalwire, 'busy', { occurredAtMs: AT, fields });
  expect(new URLSearchParams(String(made.body)).get('Timestamp')).toBe(fields.Timestamp);
});

it('moves the times of a message that is no event', () => {
  const made = callback(retell, 'other-transfer-started', { occurredAtMs: AT });
  expect(JSON.parse(String(made.body)).call.start_timestamp).toBe(AT - 876);
});

it('changes nothing of a message without a time, also if the provider cannot read it', () => {
  const { body } = fixtureOf(voicedock, 'invalid-no-message');
  const made = callback(voicedock, 'invalid-no-message', { occurredAtMs: AT });
  expect(JSON.parse(String(made.body))).toEqual(JSON.parse(String(body)));
});
