import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../../testing/src/fixtures/fixture-file.ts';
import { fixtures as fixturesOf } from '../../../testing/src/fixtures/fixtures.ts';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { isCallStatusError } from '../errors.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import type { Provider } from '../provider/define-provider.ts';
import { match, recognitionOf } from './match.ts';

const fixtures = fixturesOf();
const readable = fixtures.filter(({ expect }) => expect.kind !== 'refused');
const ALL = builtInProviders.map((provider) => (provider as (options: object) => Provider)(optionsOf(provider)));

function optionsOf({ definition }: (typeof builtInProviders)[number]): object {
  return definition.name === 'exotel' ? { passthru: true } : {};
}

/** The provider of a request, or the code of its error. */
function answer(sent: Sent, providers: readonly Provider[]): string | undefined {
  try {
    const found = match(messageOf(sent), recognitionOf(providers), (error) => {
      throw error;
    });
    return found?.name;
  } catch (error) {
    if (isCallStatusError(error)) return error.code;
    throw error;
  }
}

/** Without the part that chooses, every provider is asked. */
function asked(provider: Provider): Provider {
  const { recognizedBy, ...definition } = provider.definition;
  return { ...provider, definition };
}

function expectSameAnswer(sent: Sent, providers: readonly Provider[]): string | undefined {
  const found = answer(sent, providers);
  expect(found).toBe(answer(sent, providers.map(asked)));
  expect(found).toBe(answer(sent, providers.toReversed()));
  return found;
}

const MARKS = builtInProviders.flatMap(({ definition }) => definition.recognizedBy ?? []);
const value = fc.constantFrom(null, '', 'null', 'completed', 'CA0', 0, [], ['x', 'x'], {}, { id: 'x', type: 'event' });

/** The top-level fields of a JSON fixture. */
function fieldsOf({ headers, body }: Pick<Fixture, 'headers' | 'body'>): object {
  return headers['content-type']?.startsWith('application/json') ? JSON.parse(Buffer.from(body).toString()) : {};
}

const fixture = fc.constantFrom(...fixtures);
const changes = fc.dictionary(fc.constantFrom(...MARKS, 'CallStatus', 'event', 'type'), value, { maxKeys: 3 });
/** The headers of one with the fields of two others. */
const mixed = fc
  .tuple(fixture, fc.constantFrom(...readable), fc.constantFrom(...readable), changes)
  .map(([{ url, headers }, one, other, changed]) =>
    jsonOf({ ...fieldsOf(one), ...fieldsOf(other), ...changed }, url, {
      ...headers,
      'content-type': 'application/json',
    }),
  );
const incomplete = fc.tuple(fc.constantFrom(...readable), fc.nat(40)).map(([one, at]) => {
  const entries = Object.entries(fieldsOf(one));
  return jsonOf(Object.fromEntries(entries.filter((_, each) => each !== at)), one.url, one.headers);
});
const form = fc
  .tuple(fixture, fixture, fc.dictionary(fc.constantFrom(...MARKS), fc.string(), { maxKeys: 2 }))
  .map(([one, { headers }, changed]) => {
    const text = Buffer.from(one.body).toString();
    return { ...formOf({}, one.url, headers), body: `${text}&${new URLSearchParams(changed).toString()}` };
  });
/** The headers of one with the body of another, cut. */
const cut = fc
  .tuple(fixture, fixture, fc.constantFrom('POST', 'GET', 'PUT'), fc.nat(2000))
  .map(([{ url, body }, { headers }, method, length]) => ({ method, url, headers, body: body.slice(0, length) }));
const parsed = fc
  .tuple(fixture, fc.dictionary(fc.constantFrom(...MARKS), fc.oneof(value, fc.constant(undefined))))
  .map(([{ body, ...head }, changed]) => ({ ...head, parsed: { ...fieldsOf({ body, ...head }), ...changed } }));

describe('the provider of a request', () => {
  it('is the one that is found by asking every provider, for each fixture', () => {
    const found = fixtures.filter((sent) => expectSameAnswer(sent, ALL) === sent.provider);
    expect(found.length).toBeGreaterThanOrEqual(fixtures.filter(({ recognized }) => recognized).length);
  });

  it.each(Object.entries({ mixed, incomplete, form, cut, parsed }))('is so for %s requests', (_, sent) => {
    fc.assert(
      fc.property(sent, fc.shuffledSubarray(ALL, { minLength: 2 }), (one, providers) => {
        expectSameAnswer(one, providers);
      }),
      { numRuns: 1000 },
    );
  });
});

it('a body that cannot be read is an error, also if a provider looks at a header first', () => {
  const [one, ...others] = ALL as [Provider, ...Provider[]];
  const recognizes: typeof one.definition.recognizes = (callback) =>
    callback.header('x-acme') !== undefined && callback.record !== undefined;
  const byHeader: Provider = { ...one, definition: { ...one.definition, recognizes } };
  const sent = { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, body: Buffer.from('{') };
  expect(answer(sent, [byHeader, ...others])).toBe('malformed_body');
});
