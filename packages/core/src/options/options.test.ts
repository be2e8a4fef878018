import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import type { CallStatusError } from '../errors.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { Logger } from '../log/log.ts';
import { defineProvider, type Provider } from '../provider/define-provider.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';
import { nodeTimers, type TimeSource } from '../timer.ts';
import { builtInProviders } from './built-in-providers.ts';
import { resolveOptions } from './options.ts';

const silent: Logger = { info() {}, warn() {}, error() {} };
const proven = [signalwire({ signingKey: 'PSK' }), exotel({ token: ['one', 'two'] })];

const PROVIDER_EXPECTED = '`providers`: number 1: expected a provider, such as signalwire({ … }), got';
const PUBLIC_URL_EXPECTED =
  '`publicUrl`: expected https://host with an optional path, or a function that returns it, got';
const INBOX_EXPECTED =
  "`inbox`: expected an inbox, such as sqliteInbox({ path: '/data/calls.db' }) of @call-status/inbox-sqlite, got";
const HANDLERS =
  'onQueued, onInitiated, onRinging, onInProgress, onCompleted, onBusy, onNoAnswer, onFailed, onCanceled, onEnded, onStatus, onError';
const KNOWN = `providers, publicUrl, ack, ackDeadlineMs, recordDeadlineMs, limits, inbox, worker, leaseMs, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, log, clock, ${HANDLERS}.`;

function refusal(options: object, environment?: string): CallStatusError {
  try {
    resolveOptions({ log: silent, ...options }, environment);
  } catch (error) {
    return error as CallStatusError;
  }
  throw new Error('The options were taken.');
}

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    const { inbox, log, clock, owner, handlers, providers, ...rest } = resolveOptions(
      { providers: proven, log: silent },
      'production',
    );
    expect(rest).toEqual({
      publicUrl: undefined,
      handlerTimeoutMs: 30_000,
      recordDeadlineMs: 4000,
      ack: 'recorded',
      ackDeadlineMs: 4000,
      limits: { bytes: 65_536, fields: 1000, depth: 16 },
      worker: true,
      concurrency: 64,
      leaseMs: 15_000,
      retry: {},
      timers: nodeTimers,
    });
    expect(providers).toBe(proven);
    expect(handlers).toEqual({});
    expect(clock).toBe(Date.now);
    expect(owner).toMatch(new RegExp(`:${process.pid}:[0-9a-f]{8}$`));
  });

  it('takes a clock that moves timers too, also for the inbox', async () => {
    const clock: TimeSource = { now: () => 7, timers: { ...nodeTimers } };
    const resolved = resolveOptions({ providers: proven, clock, log: silent }, '');
    expect([resolved.clock(), resolved.timers]).toEqual([7, clock.timers]);
  });

  it('takes what is given', () => {
    const given = {
      providers: proven,
      publicUrl: 'https://example.com/prefix/',
      ack: 'manual',
      ackDeadlineMs: 0,
      limits: { bytes: 10, fields: undefined },
      inbox: memoryInbox(),
      worker: true,
      concurrency: 1,
      leaseMs: 1,
      retry: { attempts: 1, backoff: () => 0 },
      log: silent,
      clock: () => 0,
    } as const;
    const onEnded = (): void => {};
    const resolved = resolveOptions({ ...given, onEnded, allowUnauthenticated: true }, 'production');
    expect(resolved).toMatchObject({ ...given, limits: { bytes: 10, fields: 1000, depth: 16 }, handlers: { onEnded } });
    expect(resolveOptions({ providers: proven, publicUrl: () => 'https://example.com' }, '').publicUrl).toBeTypeOf(
      'function',
    );
  });

  it.each([
    [{ provider: proven }, `\`provider\` is no option; here it is \`providers\`.`],
    [{ logger: silent }, '`logger` is no option; here it is `log`.'],
    [{ validate: false }, '`validate` is no option; here it is `allowUnauthenticated`.'],
    [{ url: 'https://example.com' }, '`url` is no option; here it is `publicUrl`.'],
    [
      { signingKey: 'x' },
      '`signingKey` is no option; a secret is an option of its provider, such as signalwire({ signingKey }) or exotel({ token }).',
    ],
    [{ authToken: 'x' }, /^`authToken` is no option; a secret is an option of its provider/],
    [{ trustProxy: true }, '`trustProxy` is no option; set `publicUrl`, or your framework’s own trust proxy.'],
    [{ debug: true }, '`debug` is no option; give a `log` with a debug method, or set NODE_DEBUG=call-status.'],
    [{ path: '/x' }, '`path` is no option; the adapter knows the path: write it where you mount call-status.'],
    [{ handlers: {} }, '`handlers` is no option; write each handler as an option: { onCompleted, onEnded }.'],
    [{ onComplete: () => {} }, `\`onComplete\` is no option; did you mean \`onCompleted\`? Known: ${KNOWN}`],
    [{ public_url: 'x' }, `\`public_url\` is no option; did you mean \`publicUrl\`? Known: ${KNOWN}`],
    [{ onAnswered() {} }, '`onAnswered` is no option; here it is `onInProgress`.'],
    [{ onHangup() {} }, '`onHangup` is no option; here it is `onEnded`.'],
    [{ banana: 1 }, `\`banana\` is no option; known: ${KNOWN}`],
    [{ onEnded: 7 }, '`onEnded`: expected a function, got a number.'],
    [{ providers: [] }, '`providers`: expected at least one provider.'],
    [{ providers: mycpaas() }, '`providers`: expected a list: [mycpaas({ … })].'],
    [{ providers: 'exotel' }, '`providers`: expected a list of providers, such as [signalwire({ … })], got a text.'],
    [{ providers: [exotel, ...proven] }, '`providers`: number 1: call the function: exotel({ … }).'],
    [
      { providers: [...proven, exotel.callbackParams] },
      /^`providers`: number 3: expected a provider, .*, got a function\.$/,
    ],
    [{ providers: ['exotel'] }, `${PROVIDER_EXPECTED} a text.`],
    [{ providers: [undefined] }, `${PROVIDER_EXPECTED} undefined.`],
    [
      { providers: [exotel('token' as never)] },
      '`providers`: number 1: expected exotel({ … }) with an object of options.',
    ],
    [{ publicUrl: 'example.com' }, '`publicUrl`: it has to begin with https:// (or http://).'],
    [{ publicUrl: 'https://' }, `${PUBLIC_URL_EXPECTED} a text.`],
    [{ publicUrl: '' }, `${PUBLIC_URL_EXPECTED} an empty text.`],
    [{ publicUrl: 7 }, `${PUBLIC_URL_EXPECTED} a number.`],
    [
      { publicUrl: 'https://example.com/?a=1' },
      '`publicUrl`: it has to end before the query: https://host with an optional path.',
    ],
    [{ autoAck: false }, '`autoAck` is no option; here it is `ack`.'],
    [{ ack: 'later' }, "`ack`: expected 'recorded', 'handled' or 'manual', got a text."],
    [
      { ackDeadlineMs: -1 },
      /^`ackDeadlineMs`: expected a number of milliseconds from 0 to 2147483647, got a negative number\.$/,
    ],
    [{ limits: 1 }, '`limits`: expected an object with bytes, fields or depth, got a number.'],
    [{ limits: { bytes: 0 } }, '`limits.bytes`: expected a whole number of at least 1, got 0.'],
    [{ limits: { byte: 1 } }, '`limits.byte` is no option; did you mean `limits.bytes`? Known: bytes, fields, depth.'],
    [{ limits: { parameterLimit: 1 } }, '`limits.parameterLimit` is no option; here it is `limits.fields`.'],
    [{ inbox: { record() {}, take() {} } }, `${INBOX_EXPECTED} an object.`],
    [{ inbox: 'calls.db' }, `${INBOX_EXPECTED} a text.`],
    [{ inbox: memoryInbox }, `${INBOX_EXPECTED} a function.`],
    [{ inbox: null }, `${INBOX_EXPECTED} null.`],
    [{ concurrency: 1.5 }, '`concurrency`: expected a whole number of at least 1, got a fraction.'],
    [{ leaseMs: 0.5 }, '`leaseMs`: expected a whole number of at least 1, got a fraction.'],
    [{ retry: { attempts: 0 } }, '`retry.attempts`: expected a whole number of at least 1, got 0.'],
    [{ retries: 3 }, '`retries` is no option; here it is `retry`.'],
    [{ log: console.log }, '`log`: expected a logger with warn and error, such as pino(), got a function.'],
    [{ clock: { now: Date.now } }, '`clock`: expected a function, or a clock with now and timers, got an object.'],
    [{ clock: 0 }, '`clock`: expected a function, or a clock with now and timers, got 0.'],
    [{ ack: 'handled', worker: false }, /^`ack: 'handled'` needs /],
    [{ ackDeadlineMs: Number.POSITIVE_INFINITY }, /^`ackDeadlineMs`: expected .*, got Infinity\.$/],
    [{ providers: [mycpaas({ token: 'x', retry: { attempts: 0 } })] }, /^`mycpaas\.retry\.attempts`: expected /],
  ])('refuses %o', (options, issue) => {
    const { code, details } = refusal({ providers: proven, ...options });
    expect(code).toBe('invalid_options');
    expect(details.issues).toEqual([typeof issue === 'string' ? issue : expect.stringMatching(issue)]);
  });

  it.each([
    ['a number', 7],
    ['a text', 'signalwire'],
    ['null', null],
    ['a function', signalwire],
    ['signalwire({ … }) itself', signalwire()],
    ['an object', { definition: undefined }],
    ['a list', proven],
  ])('refuses %s for options', (got, options) => {
    const issue = `expected an object with options, such as { providers: [signalwire({ … })] }, got ${got}.`;
    const refused = expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } });
    expect(() => resolveOptions(options as never, undefined)).toThrow(refused);
  });

  it('says so where a middleware was mounted without being made', () => {
    const issue =
      'a request came in place of options: mount callStatusMiddleware({ providers: [signalwire({ … })] }), and not callStatusMiddleware itself.';
    const refused = expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } });
    expect(() => resolveOptions(new IncomingMessage(new Socket()) as never, undefined)).toThrow(refused);
  });

  it('refuses a provider twice', () => {
    expect(refusal({ providers: [...proven, exotel()] }).message).toContain('exotel is there twice');
  });

  // As JavaScript may give them: these do not compile.
  const given = (options: object): never => options as never;

  it.each([
    [
      `\`signalwire.signingkey\` is no option; did you mean \`signalwire.signingKey\`? Known: signingKey, token, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, ${HANDLERS}.`,
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
      '`mycpaas.signingKey` is no option; mycpaas does not sign: its proof is `mycpaas.token`, a secret of your own in the callback URL.',
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
      '`mycpaas.handlerTimeoutMs`: expected a number of milliseconds above 0, or Infinity, got a text.',
      mycpaas(given({ handlerTimeoutMs: '30s' })),
    ],
    [
      '`mycpaas.retry.attempts`: expected a whole number of at least 1, got a fraction.',
      mycpaas({ retry: { attempts: 0.5 } }),
    ],
    [
      '`mycpaas.retry.attempt` is no option; did you mean `mycpaas.retry.attempts`? Known: attempts, backoff.',
      mycpaas({ retry: given({ attempt: 1 }) }),
    ],
    ['`mycpaas.retry`: expected an object with attempts or backoff, got a number.', mycpaas(given({ retry: 3 }))],
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

  it.each(['IST', '+5:30', '+05:3', '05:30', '+15:00', '+05:60', '+05:30Z', 5.5])(
    'refuses %j for an offset',
    (offset) => {
      const { details } = refusal({ providers: [exotel({ token: 'x', utcOffset: offset as never })] });
      expect(details.issues).toEqual([
        '`exotel.utcOffset`: expected hours and minutes, two digits each, such as +05:30.',
      ]);
    },
  );

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

  it('insists on secrets in production, unless told otherwise for all or for one', () => {
    const open = [exotel(), ...proven.slice(0, 1)];
    const { code, details } = refusal({ providers: open }, 'production');
    expect([code, details]).toEqual([
      'missing_secret',
      {
        provider: 'exotel',
        reason: 'NODE_ENV is production.',
        hint: 'Write exotel({ token }). To take what anyone may send, write allowUnauthenticated: true.',
      },
    ]);
    expect(refusal({ providers: [signalwire()] }, 'production').message).toContain(
      'Write signalwire({ signingKey }) or signalwire({ token }).',
    );
    for (const options of [
      { providers: open, allowUnauthenticated: true },
      { providers: [exotel({ allowUnauthenticated: true })] },
    ]) {
      const warn = vi.fn();
      resolveOptions({ ...options, inbox: memoryInbox(), log: { ...silent, warn } }, 'production');
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        { code: 'missing_secret', providers: 'exotel' },
        'Callbacks of exotel are not authenticated: anyone can forge them.',
      );
    }
    expect(
      refusal({ providers: [exotel({ allowUnauthenticated: false })], allowUnauthenticated: true }, 'production'),
    ).toMatchObject({
      code: 'missing_secret',
    });
  });

  it.each([undefined, '', 'prod', 'staging', 'Development'])('is as strict where NODE_ENV is %j', (environment) => {
    const { code, message } = refusal({}, environment);
    expect([code, message]).toEqual([
      'missing_secret',
      expect.stringMatching(/ NODE_ENV is (not set, .*|\w+)\. Write /),
    ]);
    expect(refusal({ providers: [exotel()] }, environment).code).toBe('missing_secret');
  });

  it.each(['development', 'test'])('is lenient where NODE_ENV is %s', (environment) => {
    expect(resolveOptions({ log: silent }, environment).providers).toHaveLength(builtInProviders.length);
  });

  it.each([' ', '\t\n', [' ', 'x']])('takes no white space for a secret: %j', (token) => {
    expect(refusal({ providers: [exotel({ token })] }, 'test').code).toBe('invalid_options');
  });

  it('warns of white space around a secret, and does not show it', () => {
    const warn = vi.fn();
    const providers = [signalwire({ signingKey: ['PSK', 'PSK\n'], token: 't' }), exotel({ token: ' t' })];
    resolveOptions({ providers, inbox: memoryInbox(), log: { ...silent, warn } }, 'production');
    expect(warn.mock.calls).toEqual([
      [
        { code: 'invalid_options', provider: 'signalwire' },
        'The signingKey of signalwire begins or ends with white space, which is taken as a part of it.',
      ],
      [
        { code: 'invalid_options', provider: 'exotel' },
        'The token of exotel begins or ends with white space, which is taken as a part of it.',
      ],
    ]);
  });

  it('says in production that the inbox is in memory, unless somebody chose it', () => {
    const warn = vi.fn();
    const options = { providers: proven, log: { ...silent, warn } };
    for (const environment of ['development', 'test']) resolveOptions(options, environment);
    resolveOptions({ ...options, inbox: memoryInbox() }, 'production');
    resolveOptions({ ...options, ack: 'handled' }, 'production');
    expect(warn).not.toHaveBeenCalled();
    for (const environment of ['production', undefined]) {
      warn.mockClear();
      resolveOptions(options, environment);
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        { code: 'memory_inbox' },
        expect.stringMatching(/^The inbox is in memory: .* is lost\. .*sqliteInbox/),
      );
    }
  });

  it('takes all built-in providers for development, and says that nothing proves their callbacks', () => {
    const warn = vi.fn();
    const { providers } = resolveOptions({ log: { ...silent, warn } }, 'development');
    expect(providers.map(({ name }) => name)).toEqual(builtInProviders.map(({ definition }) => definition.name));
    expect(warn).toHaveBeenCalledOnce();
    expect(refusal({}, 'production').code).toBe('missing_secret');
  });
});
