import { expect, it } from 'vitest';
import { builtInProviders } from '../options/built-in-providers.ts';
import { mycpaas, signalwire } from '../providers/index.ts';
import { defineProvider } from './define-provider.ts';
import { required } from './standard-schema.ts';

const url = 'https://hooks.example.com/acme';

const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  statuses: {},
  schema: required<{ readonly id: string }>('id'),
  recognizes: () => true,
  normalize: ({ id }) => ({ callId: id, rawStatus: '' }),
  eventKey: () => '',
  callbackParams: (options: { readonly url: string; readonly events?: readonly string[] }) => ({ hook: options }),
  callbackAttributes: ({ url }) => `<Call hook="${url}"/>`,
});

it('puts the token into the URL, and nothing else of it reaches the definition', () => {
  expect(acme.callbackParams({ url, token: 'a&b', events: ['up'] })).toEqual({
    hook: { url: `${url}?token=a%26b`, events: ['up'] },
  });
  expect(acme.callbackParams({ url })).toEqual({ hook: { url } });
  expect(acme.callbackParams({ url, token: undefined })).toEqual({ hook: { url } });
});

it('does the same for attributes', () => {
  expect(acme.callbackAttributes({ url: `${url}?a=1#rt=5`, token: 's' })).toBe(
    `<Call hook="${url}?a=1&token=s#rt=5"/>`,
  );
  expect(signalwire.callbackAttributes({ url, token: 's' }).statusCallback).toBe(`${url}?token=s`);
});

it.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  'holds for %s',
  (_, provider) => {
    const target = 'https://hooks.example.com/voice?filter[status]=ended&next=%2Fx%3Ftoken%3Dinner#rt=5000';
    const parameters = provider.callbackParams({ url: target, token: 'a long secret' });
    const withToken = target.replace('#', '&token=a%20long%20secret#');
    expect(JSON.stringify(parameters)).toContain(JSON.stringify(withToken));
  },
);

it.each([
  [undefined],
  ['https://hooks.example.com'],
  [{}],
  [{ url: 7 }],
  [{ url, token: ['a'] }],
  [{ url, token: '' }],
  [{ url, token: ' ' }],
  [{ url: '/voice' }],
  [{ url: 'hooks.example.com' }],
])('refuses %j', (given) => {
  for (const name of ['callbackParams', 'callbackAttributes'] as const) {
    const issues = [expect.stringMatching(new RegExp(`^acme\\.${name}\\(\\): `))];
    expect(() => acme[name](given as never)).toThrow(
      expect.objectContaining({ code: 'invalid_options', details: { provider: 'acme', issues } }),
    );
  }
});

it.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  'an unknown name is refused, and the closest known one is named: %s',
  (name, provider) => {
    const made = [provider.callbackParams, 'callbackAttributes' in provider ? provider.callbackAttributes : undefined];
    for (const make of made.filter((one) => one !== undefined)) {
      const call = () => make({ url, urls: url } as never);
      expect(call, name).toThrow(/`urls` is no option; did you mean `url`\? Known: url, token/);
    }
  },
);

it('an event that the provider does not have is refused', () => {
  const events = ['answred'] as never;
  expect(() => mycpaas.callbackParams({ url, events })).toThrow(/`events`: expected a list of 'initiated', /);
  expect(() => signalwire.callbackParams({ url, events })).toThrow(/`events`: .* or 'ringing_queued', got a list\./);
  expect(() => signalwire.callbackAttributes({ url, events: ['ringing_queued'] as never })).toThrow(
    /`events`: .* or 'completed', got a list\./,
  );
});

it('has neither where a provider defines none', () => {
  const { callbackParams: _, callbackAttributes: __, ...rest } = acme.definition;
  const without = defineProvider(rest as typeof acme.definition);
  expect([without.callbackParams, without.callbackAttributes]).toEqual([undefined, undefined]);
});
