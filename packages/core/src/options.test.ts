import { describe, expect, it, vi } from 'vitest';
import type { CallStatusError } from './errors.ts';
import type { Logger } from './log.ts';
import { memoryInbox } from './memory-inbox.ts';
import { resolveOptions } from './options.ts';
import { exotel } from './providers/exotel.ts';
import { mycpaas } from './providers/mycpaas.ts';
import { signalwire } from './providers/signalwire.ts';

const silent: Logger = { info() {}, warn() {}, error() {} };
const proven = [signalwire({ signingKey: 'PSK' }), exotel({ token: ['one', 'two'] })];

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
      { providers: proven },
      'production',
    );
    expect(rest).toEqual({
      publicUrl: undefined,
      autoAck: true,
      ack: 'recorded',
      ackDeadlineMs: 4000,
      limits: { bytes: 65_536, fields: 1000, depth: 16 },
      work: true,
      concurrency: 64,
      leaseMs: 15_000,
      retry: {},
    });
    expect(providers).toBe(proven);
    expect(handlers).toEqual({});
    expect(clock).toBe(Date.now);
    expect(owner).toMatch(new RegExp(`:${process.pid}:[0-9a-f]{8}$`));
  });

  it('takes what is given', () => {
    const given = {
      providers: proven,
      publicUrl: 'https://example.com/prefix/',
      autoAck: false,
      ack: 'recorded',
      ackDeadlineMs: 0,
      limits: { bytes: 10, fields: undefined },
      inbox: memoryInbox(),
      work: true,
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
    [{ signingKey: 'x' }, 'signingKey: no such option.'],
    [{ onComplete: () => {} }, 'onComplete: no such option.'],
    [{ onEnded: 7 }, /^onEnded: expected /],
    [{ providers: [] }, /^providers: expected /],
    [{ providers: [signalwire] }, /^providers\.0/],
    [{ publicUrl: 'example.com' }, /^publicUrl: expected /],
    [{ publicUrl: 'https://example.com/?a=1' }, /^publicUrl: expected /],
    [{ autoAck: 'yes' }, /^autoAck: expected /],
    [{ ack: 'later' }, /^ack: expected /],
    [{ ackDeadlineMs: -1 }, /^ackDeadlineMs: expected /],
    [{ limits: { bytes: 0 } }, /^limits\.bytes: expected /],
    [{ limits: { byte: 1 } }, 'limits.byte: no such option.'],
    [{ inbox: { record() {}, take() {} } }, /^inbox\.close: expected /],
    [{ concurrency: 1.5 }, /^concurrency: expected /],
    [{ retry: { attempts: 0 } }, /^retry\.attempts: expected /],
    [{ log: console.log }, /^log/],
    [{ clock: 0 }, /^clock: expected /],
    [{ ack: 'handled', work: false }, /^ack: /],
    [{ ackDeadlineMs: Number.POSITIVE_INFINITY }, /^ackDeadlineMs: expected /],
    [{ providers: [mycpaas({ token: 'x', retry: { attempts: 0 } })] }, /^mycpaas\.retry\.attempts: expected /],
  ])('refuses %o', (options, issue) => {
    const { code, details } = refusal({ providers: proven, ...options });
    expect(code).toBe('invalid_options');
    expect(details.issues).toEqual([typeof issue === 'string' ? issue : expect.stringMatching(issue)]);
  });

  it('refuses options that are none', () => {
    expect(() => resolveOptions(7 as never, undefined)).toThrow(/options: expected Object\./);
  });

  it('refuses a provider twice', () => {
    expect(refusal({ providers: [...proven, exotel()] }).message).toContain('exotel is there twice');
  });

  it.each([
    ['an empty key', signalwire({ signingKey: '' })],
    ['no key', signalwire({ signingKey: undefined as never })],
    ['no keys', signalwire({ signingKey: [] })],
    ['an empty token among others', exotel({ token: ['one', ''] })],
    ['a number', mycpaas({ token: 7 as never })],
  ])('refuses a secret that is named and not there: %s', (_, provider) => {
    const { code, details, message } = refusal({ providers: [provider], allowUnauthenticated: true });
    expect([code, details.provider]).toEqual(['invalid_options', provider.name]);
    expect(message).toContain('environment variable');
  });

  it('takes a function for a secret', () => {
    const providers = [signalwire({ signingKey: () => 'PSK' })];
    expect(resolveOptions({ providers, log: silent }, 'production').providers).toBe(providers);
  });

  it('insists on secrets in production, unless told otherwise for all or for one', () => {
    const open = [exotel(), ...proven.slice(0, 1)];
    const { code, details } = refusal({ providers: open }, 'production');
    expect([code, details.provider]).toEqual(['missing_secret', 'exotel']);
    for (const options of [
      { providers: open, allowUnauthenticated: true },
      { providers: [exotel({ allowUnauthenticated: true })] },
    ]) {
      const warn = vi.fn();
      resolveOptions({ ...options, log: { ...silent, warn } }, 'production');
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

  it('takes all built-in providers for development, and says that nothing proves their callbacks', () => {
    const warn = vi.fn();
    const { providers } = resolveOptions({ log: { ...silent, warn } }, undefined);
    expect(providers.map(({ name }) => name)).toEqual(['signalwire', 'exotel', 'voicedock', 'mycpaas']);
    expect(warn).toHaveBeenCalledOnce();
    expect(refusal({}, 'production').code).toBe('missing_secret');
  });
});
