import { describe, expect, it } from 'vitest';
import { callback } from '../../../testing/src/callback/callback.ts';
import { optionsFor, proofFor } from '../../../testing/src/callback/proof.ts';
import { fixtures } from '../../../testing/src/fixtures/fixtures.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import type { mycpaas } from '../providers/mycpaas.ts';
import { diagnose } from './diagnose.ts';

const NOW = 1_782_419_162_000;
const SECRET = 'key:the secret of the test';

const all = builtInProviders.map((provider) => [provider.definition.name, provider] as const);

/** What a provider that is configured with `secret` takes as its secret. */
function secretsFor(provider: (typeof all)[number][1], secret = SECRET): readonly string[] {
  return Object.values(optionsFor(provider, secret));
}

function genuine(provider: (typeof all)[number][1], name: string): ReturnType<typeof callback> {
  return callback(provider as typeof mycpaas, name as never, { ...proofFor(provider, SECRET), nowMs: NOW });
}

describe.each(all)('%s', (_, provider) => {
  const names = [
    ...new Set(
      fixtures(provider)
        .filter(({ expect: { kind } }) => kind === 'event')
        .map(({ name }) => name),
    ),
  ];

  it('has no findings for its genuine requests', () => {
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { verdict, findings, tried, complete } = diagnose(genuine(provider, name), provider, {
        secrets: secretsFor(provider),
        nowMs: NOW,
      });
      expect({ name, verdict, findings, tried, complete }).toEqual({
        name,
        verdict: 'valid',
        findings: [],
        tried: 1,
        complete: true,
      });
    }
  });
});
