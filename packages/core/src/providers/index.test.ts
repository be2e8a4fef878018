import { readdirSync } from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import type { CallStatusEvent, ProviderName } from '../event.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import { exotel, mycpaas, signalwire, voicedock } from './index.ts';

it('lists every provider once: one file each', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !/^index\.ts$|\.test\.ts$/.test(file));
  const names = builtInProviders.map(({ definition }) => definition.name);
  expect(names).toEqual(files.sort().map((file) => file.replace('.ts', '')));
});

it('makes providers out of options', () => {
  const options = { signingKey: 'PSK', onCompleted: () => {} };
  expect(signalwire(options)).toEqual({ name: 'signalwire', definition: signalwire.definition, options });
  expect(signalwire().options).toEqual({});
});

it.each(builtInProviders)(
  '$definition.name names the option with its secret where it is verified',
  ({ definition }) => {
    expect(typeof definition.secretOption).toBe(definition.authenticate === undefined ? 'undefined' : 'string');
  },
);

it('names the option with the secret', () => {
  expect([signalwire.definition.signs, signalwire.definition.secretOption]).toEqual(['fields', 'signingKey']);
  expect([voicedock.definition.signs, voicedock.definition.secretOption]).toEqual(['bytes', 'secret']);
  expect([exotel.definition.signs, mycpaas.definition.signs]).toEqual(['nothing', 'nothing']);
});

it('types events by their provider', () => {
  expectTypeOf<ProviderName>().toEqualTypeOf<(typeof builtInProviders)[number]['definition']['name']>();
  expectTypeOf<CallStatusEvent<'signalwire'>['raw']>().toEqualTypeOf<signalwire.Fields>();
  signalwire({ onCompleted: (event) => expectTypeOf(event.raw.AudioInMos).toEqualTypeOf<string | undefined>() });
  voicedock({ onEnded: (event) => expectTypeOf(event.raw.message.call.id).toBeString() });
  // @ts-expect-error an option of another provider
  voicedock({ signingKey: 'PSK' });
});
