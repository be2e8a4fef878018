import { builtInProviders, exotel, voicedock } from '@call-status/core';
import { defineProvider, hmac } from '@call-status/core/provider';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../fixtures/fixtures.ts';
import { providerContract } from './provider-contract.ts';

describe.each(builtInProviders)('$definition.name', (provider) => {
  for (const { name, run } of providerContract(provider)) it(name, () => run());
});

/** The subjects of the tests that a provider does not pass. */
async function failuresOf(provider: Parameters<typeof providerContract>[0]): Promise<string[]> {
  const failures = new Set<string>();
  for (const { name, run } of providerContract(provider, { fixtures: fixtures(voicedock) })) {
    await run().catch(() => failures.add(name.replace(/^.*: /, '')));
  }
  return [...failures];
}

describe('a provider does not pass that', () => {
  const { definition } = voicedock;
  const withDefinition = (parts: object) => defineProvider({ ...definition, ...parts } as typeof definition);

  it.each<[string, object, string]>([
    ['recognizes everything', { recognizes: () => true }, 'is not recognized beyond doubt'],
    ['recognizes nothing', { recognizes: () => false }, 'is recognized'],
    ['is recognized by a field that its callbacks lack', { recognizedBy: ['id'] }, 'is recognized'],
    ['throws where it recognizes', { recognizes: () => JSON.parse('{') }, 'is recognized'],
    [
      'loses a part',
      { normalize: (fields: never) => ({ ...definition.normalize(fields, {}), from: undefined }) },
      'becomes what it says',
    ],
    ['takes all messages for call statuses', { isCallStatus: () => true }, 'becomes what it says'],
    [
      'has an event key of its own each time',
      { eventKey: () => `${Math.random()}` },
      'is the same event when it comes again',
    ],
    ['believes any signature', { authenticate: () => 'valid' }, 'is refused when it is forged, or proved by nothing'],
    [
      'does not look at the time',
      {
        authenticate: (message: never, secrets: never) =>
          definition.authenticate?.(message, secrets, { toleranceSeconds: 1e12 }, 0),
      },
      'is refused when it is too old, where its signature has a time in it',
    ],
    [
      'signs only the length of the body',
      {
        sign: (request: { body: Buffer; headers: object }, { secret }: { secret: string }) => ({
          ...request,
          headers: { ...request.headers, 'x-signature': hmac('sha256', secret, 'hex', `${request.body.length}`) },
        }),
        authenticate: (message: { bytes: Buffer; header(name: string): string }, [secret = '']: string[]) =>
          message.header('x-signature') === undefined
            ? 'missing'
            : message.header('x-signature') === hmac('sha256', secret, 'hex', `${message.bytes.length}`)
              ? 'valid'
              : 'mismatch',
      },
      'covers every byte of the body, or every field',
    ],
    [
      'trusts the answers of its API',
      { fetchCall: { ...definition.fetchCall, answers: (body: { id: string }) => new Map([[body.id, 'unknown']]) } },
      'reads any answer of its API without throwing',
    ],
    [
      'signs otherwise than it verifies',
      {
        sign: (request: object, { nowMs }: { nowMs: number }) =>
          definition.sign?.(request as never, { secret: 'x', nowMs }),
      },
      'is valid whatever the fields are, with this secret only',
    ],
  ])('%s', async (_, parts, failure) => {
    expect(await failuresOf(withDefinition(parts))).toContain(failure);
  });

  it('does none of these', async () => {
    expect(await failuresOf(withDefinition({}))).toEqual([]);
  });
});

it('needs fixtures, with an event among them and a source for each', async () => {
  const acme = defineProvider({ ...exotel.definition, name: 'acme' });
  expect(() => providerContract(acme)).toThrow('acme has no fixtures: give some, see readFixtures().');
  const [first] = fixtures(exotel).filter(({ expect: { kind } }) => kind === 'passed-on');
  const [test] = providerContract(acme, { fixtures: [first as NonNullable<typeof first>] });
  await expect(test?.run()).rejects.toThrow('No fixture becomes an event.');
});
