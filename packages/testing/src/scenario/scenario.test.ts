import { type AnyCallStatusEvent, builtInProviders, exotel, signalwire } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { optionsFor, proofFor } from '../callback/proof.ts';
import { testReceiver } from '../test-receiver.ts';
import { FAULT_NAMES } from './faults.ts';
import { SCRIPTS, scenariosOf } from './plan.ts';
import { scenario } from './scenario.ts';

const providers = builtInProviders.map((provider) => provider(optionsFor(provider, 's')));
const all = builtInProviders.flatMap((provider) =>
  scenariosOf(provider).map((name) => ({ name, provider, of: provider.definition.name })),
);
const FAULTS = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0.3]));

describe.each(all)('$name of $of', ({ name, provider }) => {
  it('becomes what is expected, without and with faults', async () => {
    await using receiver = testReceiver({ providers });
    const { calls, clock } = receiver;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const proof = { ...proofFor(provider, 's'), nowMs: clock.now() };
      const played = scenario(name, { provider, ...proof, seed, faults: seed === 1 ? {} : FAULTS });
      const statuses = await played.playInto(calls.provider(provider.definition.name), clock.advance);
      const arriving = played.deliveries.filter(({ faults }) => !faults.includes('abort'));
      expect(statuses).toEqual(arriving.map(({ isRefused }) => (isRefused ? 403 : 200)));
      for (const { provider: of, callId, status, terminal, eventCount } of played.expected()) {
        const call = await calls.inbox.getCall(of, callId);
        expect([call?.status, call?.terminal, call?.events.length]).toEqual([status, terminal, eventCount]);
      }
    }
  });

  it('has calls whose fields agree', async () => {
    await using receiver = testReceiver({ providers });
    const { calls, clock } = receiver;
    const played = scenario(name, { provider, ...proofFor(provider, 's'), nowMs: clock.now() });
    const all: AnyCallStatusEvent[] = [];
    for (const { callback } of played.deliveries) {
      const receipt = await calls.provider(provider.definition.name).receive(callback);
      all.push(receipt?.event as AnyCallStatusEvent);
    }
    const [first, leg] = played.expected();
    const parent = first as NonNullable<typeof first>;
    expect(parent.terminal).toBe(name !== 'never-ends');
    for (const { callId } of played.expected()) {
      const events = all.filter((event) => event.callId === callId);
      const valuesOf = (field: 'from' | 'to' | 'direction' | 'account' | 'parentCallId' | 'startedAt' | 'answeredAt') =>
        new Set(events.flatMap((event) => event[field] ?? []));
      const isLeg = callId === leg?.callId;
      expect(callId).toContain('5ca11');
      for (const field of ['from', 'to', 'direction', 'account', 'startedAt', 'answeredAt'] as const) {
        expect(valuesOf(field).size, field).toBeLessThanOrEqual(1);
      }
      for (const number of [...valuesOf('from'), ...valuesOf('to')])
        expect(number).toMatch(/^\+?1?\d{3}555\d{4}$|^\+1555/);
      expect([...valuesOf('parentCallId')].filter((of) => !isLeg || of !== parent.callId)).toEqual([]);
      if (name.startsWith('inbound') && !isLeg) expect([...valuesOf('direction'), 'inbound']).toContain('inbound');
      const times = events.flatMap(({ occurredAt }) => occurredAt ?? []);
      expect(times).toEqual([...times].sort());
      const sequences = events.flatMap(({ sequence }) => sequence ?? []);
      expect(sequences).toEqual(sequences.map((_, index) => index));
      for (const { durationSeconds = 0, occurredAt, startedAt, answered } of events) {
        if (durationSeconds > 0) expect([durationSeconds >= 1 && durationSeconds < 180, answered]).not.toContain(false);
        if (occurredAt === undefined || startedAt === undefined) continue;
        expect(Date.parse(occurredAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(durationSeconds * 1000);
      }
    }
  });
});

it('has those of built-in providers', () => {
  const names = builtInProviders.map(({ definition }) => definition.name as string);
  expect(Object.keys(SCRIPTS).filter((name) => !names.includes(name))).toEqual([]);
});

it('is the same for the same seed', () => {
  for (const { name, provider } of all) {
    const options = { provider, ...proofFor(provider, 's'), nowMs: 1e12, faults: FAULTS };
    const made = (seed: number) => scenario(name, { ...options, seed });
    expect(made(7).deliveries).toEqual(made(7).deliveries);
    expect(made(7).expected()).toEqual(made(7).expected());
  }
});

it('has other call ids with another seed, unless they are given', () => {
  const idOf = (options: object) =>
    scenario('outbound-busy', { provider: signalwire, ...options }).expected()[0]?.callId;
  expect(idOf({ seed: 1 })).not.toBe(idOf({ seed: 2 }));
  expect(idOf({ seed: 1, callNumber: 3 })).toBe(idOf({ seed: 2, callNumber: 3 }));
  expect(idOf({ callNumber: 3 })).not.toBe(idOf({ callNumber: 4 }));
});

it('refuses what it does not know', () => {
  expect(() => scenario('outbound-anwsered' as never, { provider: signalwire })).toThrow(
    'There is no scenario "outbound-anwsered". There are outbound-answered, ',
  );
  const acme = { definition: { ...exotel.definition, name: 'acme' } };
  expect(() => scenario('voicemail', { provider: acme })).toThrow(
    'No scenario is written for acme: play callbacks of your own.',
  );
  expect(scenariosOf(acme)).toEqual([]);
  expect(() => scenario('inbound-missed', { provider: exotel })).toThrow(
    'exotel cannot report "inbound-missed": it reports inbound calls only by its Passthru applet. It has outbound-answered, ',
  );
});

it.each<[object, string]>([
  [{ faults: { dupe: 1 } }, '`faults.dupe` is no option; known: duplicate, shuffle, late, drop, '],
  [{ faults: { shuffle: 'yes' } }, "`faults.shuffle`: expected a probability from 0 to 1, true or false, got 'yes'."],
  [{ faults: { slow: 2 } }, '`faults.slow`: expected a probability from 0 to 1, got 2.'],
  [{ faults: 'all' }, '`faults`: expected an object of duplicate, shuffle, late, drop, '],
  [{ callNumber: -1 }, '`callNumber`: expected a whole number, at least 0 and less than 2 ** 42, got -1.'],
  [{ sede: 1 }, '`sede` is no option; did you mean `seed`?'],
  [{ provider: 'signalwire' }, "`provider`: expected a built-in provider, such as signalwire, got 'signalwire'."],
])('refuses the options %j', (options, issue) => {
  expect(() => scenario('voicemail', { provider: signalwire, ...options })).toThrow(issue);
});
