// A callback that is kept whole can be checked again: nothing of what providers send looks like a secret.
import { builtInProviders } from '@call-status/core';
import { isSecretName, withoutSecrets } from '@call-status/core/inbox';
import { fixtures } from '@call-status/testing';
import { expect, it } from 'vitest';

const all = builtInProviders.flatMap((provider) =>
  fixtures(provider).map((fixture) => [`${provider.definition.name} ${fixture.name}`, fixture] as const),
);

it.each(all)('%s', (_, { url, headers, body }) => {
  const bytes = Buffer.from(body).toString('latin1');
  expect(withoutSecrets(bytes, [])).toBe(bytes);
  expect(withoutSecrets(url, [])).toBe(url);
  expect(Object.keys(headers).filter(isSecretName)).toEqual([]);
});
