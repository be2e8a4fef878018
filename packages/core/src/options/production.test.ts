import { describe, expect, it, vi } from 'vitest';
import { proven, refusal, silent } from '../../test/refused-options.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { exotel } from '../providers/exotel.ts';
import { signalwire } from '../providers/signalwire.ts';
import { builtInProviders } from './built-in-providers.ts';
import { resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('insists on secrets in production, unless told otherwise for all or for one', () => {
    const open = [exotel(), ...proven.slice(0, 1)];
    const { code, details } = refusal({ providers: open }, 'production');
    expect([code, details]).toEqual([
      'missing_secret',
      {
        provider: 'exotel',
        reason: 'NODE_ENV is production.',
        hint: 'Write exotel({ token }). To accept callbacks that anyone could send, set allowUnauthenticated: true.',
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
        'The signingKey of signalwire begins or ends with white space, which counts as part of it.',
      ],
      [
        { code: 'invalid_options', provider: 'exotel' },
        'The token of exotel begins or ends with white space, which counts as part of it.',
      ],
    ]);
  });

  it('says in production that the inbox is in memory, unless it was chosen', () => {
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
        expect.stringMatching(/^The inbox is in memory: .* are lost\. .*sqliteInbox/),
      );
    }
  });

  it('takes all built-in providers for development, and says that nothing proves their callbacks', () => {
    const warn = vi.fn();
    const { providers } = resolveOptions({ log: { ...silent, warn } }, 'development');
    const names = providers.map(({ name }) => name);
    expect(names).toEqual(builtInProviders.map(({ definition }) => definition.name));
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['exotel', 'mycpaas', 'signalwire', 'voicedock']));
    expect(warn).toHaveBeenCalledOnce();
    expect(refusal({}, 'production').code).toBe('missing_secret');
  });
});
