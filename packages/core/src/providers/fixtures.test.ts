import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../../testing/src/fixtures/fixture-file.ts';
import { fixtures as fixturesOf } from '../../../testing/src/fixtures/fixtures.ts';
import { messageOf, ORIGIN } from '../../test/message-of.ts';
import { normalize } from '../../test/normalized.ts';
import type { FieldTree } from '../decode/fields.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import type { Provider } from '../provider/define-provider.ts';

const fixtures = fixturesOf();
const definitions = new Map(builtInProviders.map(({ definition }) => [definition.name as string, definition]));

function definitionOf({ provider }: Fixture) {
  const definition = definitions.get(provider);
  if (definition === undefined) throw new Error(`No provider ${provider}`);
  return definition;
}

const signable = fixtures
  .filter((fixture) => definitionOf(fixture).authenticate !== undefined)
  .map((fixture) => [`${fixture.provider}/${fixture.name}`, fixture] as const);

/** What a receiver makes of a fixture at a URL of its provider, as far as the definition decides it. */
function outcome(fixture: Fixture): unknown {
  const definition = definitionOf(fixture);
  if (!comesBy(fixture.method, definition)) return { kind: 'passed-on' };
  try {
    const { fields } = messageOf(fixture);
    if ((definition.isCallStatus?.(fields) ?? true) !== true) return { kind: 'passed-on' };
    return { kind: 'event', event: eventOf(fixture.provider, fields) };
  } catch (error) {
    return { kind: 'refused', code: (error as CallStatusError).code };
  }
}

/** The event without what a receiver adds. */
function eventOf(provider: string, fields: FieldTree): unknown {
  const factory = builtInProviders.find(({ definition }) => definition.name === provider);
  const {
    provider: _,
    id,
    terminal,
    receivedAt,
    source,
    trust,
    transition,
    raw,
    ...event
  } = normalize((factory as unknown as () => Provider)(), fields, 'none', 0) as AnyCallStatusEvent;
  expect(raw, 'no field is dropped or changed').toEqual(fields);
  return event;
}

function comesBy(method: string, { methods = ['POST'] }: ReturnType<typeof definitionOf>): boolean {
  return methods.some((one) => one === method);
}

describe.each(fixtures.map((fixture) => [`${fixture.provider}/${fixture.name}`, fixture] as const))(
  '%s',
  (_, fixture) => {
    it('becomes what it says', () => {
      expect(outcome(fixture)).toEqual(fixture.expect);
    });

    it('is recognized only by its provider, or by none', () => {
      const isDecoded = !(fixture.expect.kind === 'refused' && fixture.expect.code === 'unsupported_encoding');
      const found = builtInProviders.filter(({ definition }) => {
        return isDecoded && comesBy(fixture.method, definition) && definition.recognizes(messageOf(fixture));
      });
      expect(found.map(({ definition }) => definition.name)).toEqual(fixture.recognized ? [fixture.provider] : []);
    });
  },
);

describe.each(signable)('%s', (_, fixture) => {
  it('is genuine when it is signed, and not without or with another secret', () => {
    const now = Date.parse('2026-11-21T00:00:00Z');
    const definition = definitionOf(fixture);
    const signed = definition.sign?.({ ...fixture, origin: ORIGIN }, { secret: 'PSK-1', nowMs: now });
    const message = messageOf(signed as unknown as Fixture);
    const [other, own] = ['PSK-0', 'PSK-1'].map((secret) => definition.publicKeyOf?.(secret) ?? secret) as [
      string,
      string,
    ];
    expect(definition.authenticate?.(message, [other, own], {}, now)).toBe('valid');
    expect(definition.authenticate?.(message, [other], {}, now)).toBe('mismatch');
    expect(definition.authenticate?.(messageOf(fixture), [own], {}, now)).toBe('missing');
  });
});

it('has fixtures of every provider, and of every kind of evidence and outcome', () => {
  for (const { definition } of builtInProviders) {
    const own = fixtures.filter(({ provider }) => provider === definition.name);
    expect(new Set(own.map((fixture) => fixture.expect.kind))).toEqual(new Set(['event', 'passed-on', 'refused']));
    expect(own.some(({ evidence }) => evidence === 'documented')).toBe(true);
  }
  expect(new Set(fixtures.map(({ evidence }) => evidence))).toEqual(new Set(['documented', 'observed', 'constructed']));
});

it('gives every status of every table from a fixture', () => {
  for (const { definition } of builtInProviders) {
    const seen = fixtures
      .filter(({ provider }) => provider === definition.name)
      .map((fixture) => (fixture.expect.kind === 'event' ? fixture.expect.event['rawStatus'] : undefined));
    expect(seen).toEqual(expect.arrayContaining(Object.keys(definition.statuses)));
  }
});
