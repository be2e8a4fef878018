import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { given, HANDLERS, refusal, silent } from '../../test/refused-options.ts';
import { defineProvider, type Provider } from '../provider/define-provider.ts';
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

  // As JavaScript may give them: these do not compile.

  it.each([
    [
      `\`signalwire.signingkey\` is no option; did you mean \`signalwire.signingKey\`? Known: signingKey, token, api, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, ${HANDLERS}.`,
      signalwire(given({ signingkey: 'PSK', token: 'x' })),
    ],
    ...['authToken', 'secret', 'apiKey', 'webhookSecret', 'signing_key'].map((name) => [
      `\`signalwire.${name}\` is no option; here it is \`signalwire.signingKey\`.`,
      signalwire(given({ [name]: 'PSK' })),
    ]),
    [
      '`voicedock.webhookSecret` is no option; here it is `voicedock.secret`.',
      voicedock(given({ webhookSecret: 'x' })),
    ],
    [
      '`mycpaas.signingKey` is no option; mycpaas does not sign its callbacks: use `mycpaas.token`, a secret of your own in the callback URL.',
      mycpaas(given({ signingKey: 'PSK' })),
    ],
    [
      '`mycpaas.publicUrl` is no option; `publicUrl` is an option beside `providers`.',
      mycpaas(given({ publicUrl: 'x' })),
    ],
    ['`mycpaas.url` is no option; `publicUrl` is an option beside `providers`.', mycpaas(given({ url: 'x' }))],
    [
      '`mycpaas.validate` is no option; here it is `mycpaas.allowUnauthenticated`.',
      mycpaas(given({ validate: false })),
    ],
    [
      `\`mycpaas.onComplete\` is no option; did you mean \`mycpaas.onCompleted\`? Known: token, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, ${HANDLERS}.`,
      mycpaas(given({ token: 'x', onComplete() {} })),
    ],
    ['`mycpaas.onEnded`: expected a function, got an empty list.', mycpaas({ token: 'x', onEnded: given([]) })],
    [
      '`mycpaas.allowUnauthenticated`: expected true or false, got a list.',
      mycpaas({ allowUnauthenticated: given(['no']) }),
    ],
    [
      '`mycpaas.handlerTimeoutMs`: expected a number of milliseconds above 0, or Infinity, got 0.',
      mycpaas({ handlerTimeoutMs: 0 }),
    ],
    [
      "`mycpaas.handlerTimeoutMs`: expected a number of milliseconds above 0, or Infinity, got '30s'.",
      mycpaas(given({ handlerTimeoutMs: '30s' })),
    ],
    [
      '`mycpaas.retry.attempts`: expected a whole number of at least 1, got 0.5.',
      mycpaas({ retry: { attempts: 0.5 } }),
    ],
    [
      '`mycpaas.retry.attempt` is no option; did you mean `mycpaas.retry.attempts`? Known: attempts, backoff.',
      mycpaas({ retry: given({ attempt: 1 }) }),
    ],
    ['`mycpaas.retry`: expected an object with attempts or backoff, got 3.', mycpaas(given({ retry: 3 }))],
    [
      '`voicedock.toleranceSeconds`: expected a number of seconds, from 0.',
      voicedock(given({ toleranceSeconds: 'x' })),
    ],
    ['`voicedock.toleranceSeconds`: expected a number of seconds, from 0.', voicedock({ toleranceSeconds: -1 })],
  ] as [string, Provider][])(
    'refuses options of a provider that it does not have, or has otherwise: %s',
    (issue, provider) => {
      const { code, details } = refusal({ providers: [provider], allowUnauthenticated: true });
      expect([code, details]).toEqual(['invalid_options', { provider: provider.name, issues: [issue] }]);
    },
  );

  const OFFSETS = ['IST', '+5:30', '+05:3', '05:30', '+15:00', '+05:60', '+05:30Z', 5.5];
  it.each(OFFSETS)('refuses %j for an offset', (offset) => {
    const { details } = refusal({ providers: [exotel({ token: 'x', utcOffset: offset as never })] });
    expect(details.issues).toEqual([
      '`exotel.utcOffset`: expected hours and minutes, two digits each, such as +05:30.',
    ]);
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
