import { type ContractTest, testsOf } from '../contract-test.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { fixtures as builtIn } from '../fixtures/fixtures.ts';
import { OF_ANSWERS } from './answers.ts';
import { ProviderBench, type ProviderUnderTest } from './bench.ts';
import { ofFixture, ofFixtures } from './fixtures.ts';
import { OF_SIGNATURES } from './signatures.ts';

/** What the contract needs to know about a provider. */
export interface ProviderContractOptions {
  /** Its callbacks, see `readFixtures()`. @default the built-in ones */
  readonly fixtures?: readonly Fixture[];
  /** Options that it needs besides its secret or token. @default none */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The secret to sign with, or the token, if it must have a certain format. @default any text */
  readonly secret?: string;
}

/**
 * The tests that every provider must pass: each fixture is recognized and has its expected result, a redelivery is the same event, and
 * forged, unsigned or expired callbacks are rejected. A provider that signs accepts any fields, but no change to signed bytes.
 * One whose API is asked for calls reads any answer.
 *
 * @throws TypeError when it has no fixtures
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { voicedock } from '@call-status/core';
 * import { providerContract } from '@call-status/testing';
 *
 * for (const { name, run } of providerContract(voicedock)) test(name, run);
 * ```
 */
export function providerContract(
  provider: ProviderUnderTest,
  { fixtures = builtIn(provider), options = {}, secret = 'secret of the contract' }: ProviderContractOptions = {},
): readonly ContractTest[] {
  const { name, fetchCall } = provider.definition;
  if (fixtures.length === 0) throw new TypeError(`${name} has no fixtures: give some, see readFixtures().`);
  const bench = new ProviderBench(provider, fixtures, options, secret);
  return [
    ...testsOf(name, bench, ofFixtures),
    ...fixtures.flatMap((fixture) => testsOf(`${name}/${fixture.name}`, bench, ofFixture(fixture))),
    ...(bench.proof === 'signature' ? testsOf(`the signature of ${name}`, bench, OF_SIGNATURES) : []),
    ...(fetchCall === undefined ? [] : testsOf(`the API of ${name}`, bench, OF_ANSWERS)),
  ];
}
