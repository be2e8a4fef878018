import { expect, expectTypeOf, it } from 'vitest';
import type { CallStatusEvent, ProviderName } from '../event.ts';
import { builtInProviders, type SignalwireFields, signalwire, voicedock } from './index.ts';

it('lists every provider once', () => {
  expect(builtInProviders.map(({ definition }) => definition.name)).toEqual([
    'signalwire',
    'exotel',
    'voicedock',
    'mycpaas',
  ]);
});

it('makes providers out of options', () => {
  const options = { signingKey: 'PSK', onCompleted: () => {} };
  expect(signalwire(options)).toEqual({ name: 'signalwire', definition: signalwire.definition, options });
  expect(signalwire().options).toEqual({});
});

it('names, for every provider that signs, the option with its secret', () => {
  const secrets = builtInProviders.map(({ definition }) => [definition.signs, definition.secretOption]);
  expect(secrets).toEqual([
    ['fields', 'signingKey'],
    ['nothing', undefined],
    ['bytes', 'secret'],
    ['nothing', undefined],
  ]);
});

it('types events by their provider', () => {
  expectTypeOf<ProviderName>().toEqualTypeOf<'signalwire' | 'exotel' | 'voicedock' | 'mycpaas'>();
  expectTypeOf<CallStatusEvent<'signalwire'>['raw']>().toEqualTypeOf<SignalwireFields>();
  signalwire({ onCompleted: (event) => expectTypeOf(event.raw.AudioInMos).toEqualTypeOf<string | undefined>() });
  voicedock({ onEnded: (event) => expectTypeOf(event.raw.message.call.id).toBeString() });
  // @ts-expect-error an option of another provider
  voicedock({ signingKey: 'PSK' });
});
