import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HANDLERS, proven, refusal, silent } from '../../test/refused-options.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import type { RetryOptions } from '../retry.ts';
import { nodeTimers, type TimeSource } from '../timer.ts';
import { resolveOptions, rulesOf } from './options.ts';

const PROVIDER_EXPECTED = '`providers`: number 1: expected a provider, such as signalwire({ … }), got';
const PUBLIC_URL_EXPECTED =
  '`publicUrl`: expected https://host with an optional path, or a function that returns it, got';
const INBOX_EXPECTED =
  "`inbox`: expected an inbox, such as sqliteInbox({ path: '/data/calls.db' }) of @call-status/inbox-sqlite, got";
const KNOWN = `providers, publicUrl, ack, ackDeadlineMs, recordDeadlineMs, limits, inbox, keepRefused, reconcile, traceContext, worker, leaseMs, pollMs, retry, handlerTimeoutMs, concurrency, allowUnauthenticated, log, clock, ${HANDLERS}.`;

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
      pollMs: 1000,
      keepRefused: { rows: 500, raw: false },
      retry: {},
      timers: nodeTimers,
    });
    expect(providers).toBe(proven);
    expect(handlers).toEqual({});
    expect(clock).toBe(Date.now);
    expect(owner).toMatch(new RegExp(`:${process.pid}:[0-9a-f]{8}$`));
  });

  it("takes a provider's own rules, where undefined is absent", () => {
    const backoff = () => 1;
    const resolved = resolveOptions({ providers: proven, retry: { attempts: 3, backoff }, log: silent }, '');
    const retryOf = (retry: RetryOptions | undefined) => rulesOf({ options: { retry } as never }, resolved).retry;
    expect(retryOf({ attempts: undefined, backoff: undefined } as never)).toEqual({ attempts: 3, backoff });
    expect(retryOf({ attempts: 5 })).toEqual({ attempts: 5, backoff });
    const plain = resolveOptions({ providers: proven, log: silent }, '');
    expect(rulesOf({ options: {} }, plain).retry).toEqual({});
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
      pollMs: 1,
      keepRefused: false,
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
    [{ callbackOnly: true }, /^`callbackOnly` is no option; it belongs in the second argument: /],
    [{ path: '/x' }, '`path` is no option; set the path where you mount call-status.'],
    [{ handlers: {} }, '`handlers` is no option; write each handler as an option: { onCompleted, onEnded }.'],
    [{ onComplete: () => {} }, `\`onComplete\` is no option; did you mean \`onCompleted\`? Known: ${KNOWN}`],
    [{ public_url: 'x' }, `\`public_url\` is no option; did you mean \`publicUrl\`? Known: ${KNOWN}`],
    [{ onAnswered() {} }, '`onAnswered` is no option; here it is `onInProgress`.'],
    [{ onHangup() {} }, '`onHangup` is no option; here it is `onEnded`.'],
    [{ banana: 1 }, `\`banana\` is no option; known: ${KNOWN}`],
    [{ onEnded: 7 }, '`onEnded`: expected a function, got 7.'],
    [{ providers: [] }, '`providers`: expected at least one provider.'],
    [{ providers: mycpaas() }, '`providers`: expected a list: [mycpaas({ … })].'],
    [{ providers: 'exotel' }, "`providers`: expected a list of providers, such as [signalwire({ … })], got 'exotel'."],
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
    [{ publicUrl: 'example.com' }, '`publicUrl`: it must begin with https:// (or http://).'],
    [{ publicUrl: 'https://' }, `${PUBLIC_URL_EXPECTED} 'https://'.`],
    [{ publicUrl: '' }, `${PUBLIC_URL_EXPECTED} an empty text.`],
    [{ publicUrl: 7 }, `${PUBLIC_URL_EXPECTED} 7.`],
    [
      { publicUrl: 'https://example.com/?a=1' },
      '`publicUrl`: it must not have a query: expected https://host with an optional path.',
    ],
    [{ autoAck: false }, '`autoAck` is no option; here it is `ack`.'],
    [{ ack: 'later' }, "`ack`: expected 'recorded', 'handled' or 'manual', got 'later'."],
    [{ ackDeadlineMs: -1 }, /^`ackDeadlineMs`: expected a number of milliseconds from 0 to 2147483647, got -1\.$/],
    [{ limits: 1 }, '`limits`: expected an object with bytes, fields or depth, got 1.'],
    [{ limits: { bytes: 0 } }, '`limits.bytes`: expected a whole number of at least 1, got 0.'],
    [{ limits: { byte: 1 } }, '`limits.byte` is no option; did you mean `limits.bytes`? Known: bytes, fields, depth.'],
    [{ limits: { parameterLimit: 1 } }, '`limits.parameterLimit` is no option; here it is `limits.fields`.'],
    [{ inbox: { record() {}, take() {} } }, `${INBOX_EXPECTED} an object.`],
    [{ inbox: 'calls.db' }, `${INBOX_EXPECTED} 'calls.db'.`],
    [{ inbox: memoryInbox }, `${INBOX_EXPECTED} a function.`],
    [{ inbox: null }, `${INBOX_EXPECTED} null.`],
    [{ concurrency: 1.5 }, '`concurrency`: expected a whole number of at least 1, got 1.5.'],
    [{ pollMs: 0 }, '`pollMs`: expected a whole number of milliseconds from 1 to 2147483647, got 0.'],
    [{ reconcile: true }, '`reconcile`: expected an object with afterMs, everyMs or giveUpAfterMs, got true.'],
    [
      { reconcile: { afterMs: { ringing: 0 } } },
      '`reconcile.afterMs.ringing`: expected a number of milliseconds above 0, got 0.',
    ],
    [
      { reconcile: { afterMs: { answered: 9 } } },
      '`reconcile.afterMs.answered` is no option; here it is `reconcile.afterMs.in-progress`.',
    ],
    [{ reconcile: { interval: 9 } }, '`reconcile.interval` is no option; here it is `reconcile.everyMs`.'],
    [{ keepRefused: true }, '`keepRefused`: expected false, or an object with rows or raw, got true.'],
    [{ keepRefused: { rows: 0 } }, '`keepRefused.rows`: expected a whole number of at least 1, got 0.'],
    [{ retry: { attempts: 0 } }, '`retry.attempts`: expected a whole number of at least 1, got 0.'],
    [{ retries: 3 }, '`retries` is no option; here it is `retry`.'],
    [{ log: console.log }, '`log`: expected a logger with warn and error, such as pino(), got a function.'],
    [{ clock: { now: Date.now } }, '`clock`: expected a function, or a clock with now and timers, got an object.'],
    [{ clock: 0 }, '`clock`: expected a function, or a clock with now and timers, got 0.'],
    [{ ack: 'handled', worker: false }, /^`ack: 'handled'` with /],
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
      'got a request instead of options: mount callStatusMiddleware({ providers: [signalwire({ … })] }), not callStatusMiddleware itself.';
    const refused = expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } });
    expect(() => resolveOptions(new IncomingMessage(new Socket()) as never, undefined)).toThrow(refused);
  });

  it('refuses a provider twice', () => {
    expect(refusal({ providers: [...proven, exotel()] }).message).toContain('exotel is listed twice');
  });
});
