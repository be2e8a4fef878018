import { expect, it } from 'vitest';
import { resolveOptions } from '../options/options.ts';

function namesWithoutOptions(): readonly string[] {
  return resolveOptions({ log: { warn() {}, error() {} } }, 'development').providers.map(({ name }) => name);
}

it('without options, the providers are those that are loaded, as in a bundle', async () => {
  expect(namesWithoutOptions).toThrow('`providers` is absent, and none is loaded: import those that you use');
  await import('../providers/voicedock.ts');
  await import('../providers/twilio.ts');
  expect(namesWithoutOptions()).toEqual(['twilio', 'voicedock']);
  const { builtInProviders } = await import('../options/built-in-providers.ts');
  expect(namesWithoutOptions()).toEqual(builtInProviders.map(({ definition }) => definition.name));
});
