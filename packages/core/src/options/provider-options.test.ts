import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { given, HANDLERS, refusal, silent } from '../../test/refused-options.ts';
import { defineProvider } from '../provider/define-provider.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';
import { resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('takes the options of a provider', () => {
    const common = { token: 'x', allowUnauthenticated: false, retry: { attempts: 1 }, onEnded() {}, onError() {} };
    const providers = [
      signalwire({ ...common, signingKey: ['new', 'old'] }),
      voicedock({ ...common, secret: 'x', toleranceSeconds: 0 }),
      exotel({ ...common, utcOffset: '-03:30' }),
      mycpaas(common),
    ];
    expect(resolveOptions({ providers, log: silent }, 'production').providers).toBe(providers);
    const absent = [voicedock(given({ toleranceSeconds: undefined, onEnded: undefined, retry: undefined }))];
    expect(resolveOptions({ providers: absent, log: silent }, 'test').providers).toBe(absent);
  });

  describe('of your own provider', () => {
    const own = {
      name: 'acme',
      signs: 'nothing',
      statuses: {},
      schema: v.object({ id: v.string() }),
      recognizes: () => true,
      normalize: ({ id }: { id: string }, { region = '' }: { readonly region?: string }) => ({
        callId: id,
        rawStatus: region,
      }),
      eventKey: () => '',
      callbackParams: undefined,
    } as const;
    const acme = defineProvider({ ...own, options: { region: v.optional(v.pipe(v.string(), v.minLength(2))) } });

    it('are those that it states', () => {
      const providers = [acme({ token: 'x', region: 'eu' })];
      expect(resolveOptions({ providers, log: silent }, 'production').providers).toBe(providers);
      expect(refusal({ providers: [acme({ region: 7 as never })] }).details.issues).toEqual([
        '`acme.region`: expected string.',
      ]);
      expect(refusal({ providers: [acme(given({ regions: 'eu' }))] }).details.issues).toEqual([
        `\`acme.regions\` is no option; did you mean \`acme.region\`? Known: token, region, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, ${HANDLERS}.`,
      ]);
      expect(refusal({ providers: [defineProvider(own)(given({ region: 'eu' }))] }).details.issues).toEqual([
        `\`acme.region\` is no option; known: token, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, ${HANDLERS}.`,
      ]);
    });

    it('are refused in its own words, and never quoted', () => {
      const worded = defineProvider({
        ...own,
        options: { region: v.optional(v.picklist(['eu'], 'Only eu is there.')) },
      });
      expect(refusal({ providers: [worded(given({ region: 'us' }))] }).details.issues).toEqual([
        '`acme.region`: Only eu is there.',
      ]);
      const checked = defineProvider({
        ...own,
        options: {
          region: v.pipe(
            v.string(),
            v.check(() => false),
          ),
        },
      });
      expect(refusal({ providers: [checked({ region: 'a secret' })] }).details.issues).toEqual([
        '`acme.region`: expected another value.',
      ]);
    });
  });

  it.each([
    ['an empty key', signalwire({ signingKey: '' })],
    ['no key', signalwire({ signingKey: undefined as never })],
    ['no keys', signalwire({ signingKey: [] })],
    ['an empty token among others', exotel({ token: ['one', ''] })],
    ['null', mycpaas({ token: null as never })],
  ])('refuses a secret that is named and not there: %s', (_, provider) => {
    const { code, details, message } = refusal({ providers: [provider], allowUnauthenticated: true });
    expect([code, details.provider]).toEqual(['invalid_options', provider.name]);
    expect(message).toContain('environment variable');
  });

  it.each([7, ['one', 7], {}])('refuses %j for a secret', (token) => {
    expect(refusal({ providers: [mycpaas({ token: token as never })] }).details).toEqual({
      provider: 'mycpaas',
      issues: [
        expect.stringMatching(
          /^`mycpaas.token`: expected a text, a list of texts, or a function that returns them, got /,
        ),
      ],
    });
  });

  it('takes a function for a secret', () => {
    const providers = [signalwire({ signingKey: () => 'PSK' })];
    expect(resolveOptions({ providers, log: silent }, 'production').providers).toBe(providers);
  });
});
