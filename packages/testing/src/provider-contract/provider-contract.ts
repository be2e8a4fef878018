import { type ContractTest, testsOf } from '../contract-test.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { fixtures as builtIn } from '../fixtures/fixtures.ts';
import { ProviderBench, type ProviderUnderTest } from './bench.ts';
import { ofFixture, ofFixtures } from './fixtures.ts';
import { OF_SIGNATURES } from './signatures.ts';

/** What the contract needs to know of a provider. */
export interface ProviderContractOptions {
  /** Its callbacks, see `readFixtures()`. @default those that come with call-status */
  readonly fixtures?: readonly Fixture[];
  /** Options that it needs beside its secret or its token. @default none */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The secret to sign with, where its secrets have a format; else the token. @default a text */
  readonly secret?: string;
}

/**
 * The tests that every provider passes: each fixture is recognized and becomes what it says, a redelivery is the same event, and what is
 * forged, not signed or too old is refused. One that signs accepts any fields, and no other byte than those that were signed.
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
  const { name, sign } = provider.definition;
  if (fixtures.length === 0) throw new TypeError(`${name} has no fixtures: give some, see readFixtures().`);
  const bench = new ProviderBench(provider, fixtures, options, secret);
  return [
    ...testsOf(name, bench, ofFixtures),
    ...fixtures.flatMap((fixture) => testsOf(`${name}/${fixture.name}`, bench, ofFixture(fixture))),
    ...(sign === undefined ? [] : testsOf(`the signature of ${name}`, bench, OF_SIGNATURES)),
  ];
}
