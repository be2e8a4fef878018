import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import { defineProvider, type Provider, type ProviderOptions } from '../provider/define-provider.ts';
import type { Verdict } from '../provider/definition.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import type { Secret } from '../signing/secrets.ts';
import { authenticate, type Proof, signingSecret } from './authenticate.ts';

const seen: unknown[] = [];

const acme = defineProvider({
  name: 'acme',
  signs: 'fields',
  secretOption: 'key',
  statuses: {},
  schema: v.looseObject({}),
  recognizes: () => true,
  authenticate(message, secrets, options, now): Verdict {
    seen.push([secrets, Object.keys(options), now]);
    return (message.header('x-verdict') ?? 'valid') as Verdict;
  },
  normalize: () => ({ callId: '', rawStatus: '' }),
  eventKey: () => '',
  callbackParams: undefined,
});

type Options = { readonly key?: Secret } & ProviderOptions<never>;

async function prove(options: Options, url = '/', headers: Record<string, string> = {}): Promise<Proof> {
  const request = { method: 'POST', url, origin: 'https://example.com', headers, body: Buffer.from('') };
  return authenticate(new IncomingCallback(request, DEFAULT_LIMITS), acme(options as object), 7);
}

async function check(...given: Parameters<typeof prove>): Promise<string> {
  return (await prove(...given)).trust;
}

describe('authenticate', () => {
  it('says how a callback is proven', async () => {
    expect(await check({})).toBe('none');
    expect(await check({ token: 'x' }, '/?token=x')).toBe('token');
    expect(await check({ key: 'x' })).toBe('signed');
    expect(await check({ key: 'x', token: 'x' }, '/?token=x')).toBe('signed');
    expect(seen.at(-1)).toEqual([['x'], ['key', 'token'], 7]);
  });

  it('wants everything that is set', async () => {
    const both = { key: 'x', token: 'x' };
    await expect(check(both)).rejects.toMatchObject({ code: 'token_missing', details: { provider: 'acme' } });
    await expect(check(both, '/?token=y')).rejects.toMatchObject({ code: 'token_mismatch' });
    await expect(check(both, '/?token=x&token=x')).rejects.toMatchObject({ code: 'token_mismatch' });
    await expect(check(both, '/?token=x', { 'x-verdict': 'missing' })).rejects.toMatchObject({
      code: 'signature_missing',
      details: { provider: 'acme', url: 'https://example.com/?token=…' },
    });
  });

  it('trusts credentials as much as a token, since they cover nothing of the request', async () => {
    const { definition } = acme;
    const basic = { ...acme({ key: 'user:password' }), definition: { ...definition, signs: 'nothing' as const } };
    const verdictOn = async (verdict: string): Promise<unknown> => {
      const headers = { 'x-verdict': verdict };
      const request = { method: 'POST', url: '/', origin: 'https://example.com', headers, body: Buffer.from('') };
      const callback = new IncomingCallback(request, DEFAULT_LIMITS);
      return new Promise<Proof>((resolve) => resolve(authenticate(callback, basic, 7))).catch((error) => error);
    };
    expect(await verdictOn('valid')).toEqual({ trust: 'token', tenant: undefined });
    expect(await verdictOn('missing')).toMatchObject({ code: 'credentials_missing' });
    expect(await verdictOn('mismatch')).toMatchObject({
      code: 'credentials_mismatch',
      details: { provider: 'acme', hint: expect.stringContaining("The secret is not this provider's.") },
    });
    expect(await verdictOn('expired')).toBeInstanceOf(TypeError);
  });

  it('gives a hint only about a mismatch', async () => {
    await expect(check({ key: 'x' }, '/', { 'x-verdict': 'mismatch' })).rejects.toMatchObject({
      details: { hint: expect.stringContaining('https://example.com/') },
    });
    await expect(check({ key: 'x' }, '/', { 'x-verdict': 'expired' })).rejects.toMatchObject({
      details: { provider: 'acme', url: 'https://example.com/' },
    });
  });

  it('does not blame the URL for a signature over bytes', () => {
    const provider = { ...acme({ key: 'x' }), definition: { ...acme.definition, signs: 'bytes' as const } };
    const headers = { 'x-verdict': 'mismatch' };
    const request = { method: 'POST', url: '/', origin: '', headers, body: Buffer.from('') };
    expect(() => authenticate(new IncomingCallback(request, DEFAULT_LIMITS), provider, 7)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ hint: expect.not.stringContaining('URL') }) }),
    );
  });

  it('looks secrets up, all of them, for each request', async () => {
    const tenants = ({ url }: { url: string }) => (url === '/a' ? { tenant: 'acme', secrets: ['a', 'b'] } : undefined);
    expect(await check({ key: tenants }, '/a')).toBe('signed');
    expect(seen.at(-1)).toEqual([['a', 'b'], ['key'], 7]);
    expect(await check({ key: async () => 'c' })).toBe('signed');
    expect(seen.at(-1)).toEqual([['c'], ['key'], 7]);
    expect(await check({ key: ['d', 'e'] })).toBe('signed');
    expect(seen.at(-1)).toEqual([['d', 'e'], ['key'], 7]);
    await expect(check({ token: tenants }, '/b?token=')).rejects.toMatchObject({ code: 'token_missing' });
    await expect(check({ token: tenants }, '/b?token=x')).rejects.toMatchObject({ code: 'token_mismatch' });
  });

  it('says whose secret it was', async () => {
    const tenant = (name: string) => (_: object) => ({ tenant: name, secrets: 'x' });
    expect(await prove({ key: tenant('acme') })).toEqual({ trust: 'signed', tenant: 'acme' });
    expect(await prove({ token: tenant('acme') }, '/?token=x')).toEqual({ trust: 'token', tenant: 'acme' });
    expect(await prove({ token: tenant('acme'), key: 'x' }, '/?token=x')).toEqual({ trust: 'signed', tenant: 'acme' });
    expect(await prove({ token: 'x', key: tenant('acme') }, '/?token=x')).toEqual({ trust: 'signed', tenant: 'acme' });
    const both = { token: tenant('acme'), key: tenant('acme') };
    expect(await prove(both, '/?token=x')).toEqual({ trust: 'signed', tenant: 'acme' });
    await expect(prove({ ...both, key: tenant('other') }, '/?token=x')).rejects.toMatchObject({
      code: 'secret_unavailable',
      details: { provider: 'acme', hint: 'The functions of token and signing secret return different tenants.' },
    });
  });

  it('compares the token before it looks the signing secret up', async () => {
    let lookups = 0;
    const key = () => {
      lookups++;
      return 'x';
    };
    for (const token of ['t', async () => 't']) {
      await expect(check({ token, key }, '/?token=y')).rejects.toMatchObject({ code: 'token_mismatch' });
    }
    expect(lookups).toBe(0);
    expect(await check({ token: 't', key }, '/?token=t')).toBe('signed');
  });

  it('answers 503 when the lookup fails', async () => {
    const cause = new Error('no connection');
    const thrower = (): never => {
      throw cause;
    };
    for (const key of [() => 7, () => [undefined]]) {
      await expect(check({ key: key as never })).rejects.toMatchObject({ code: 'secret_unavailable' });
    }
    for (const key of [thrower, () => Promise.reject(cause)]) {
      await expect(check({ key })).rejects.toMatchObject({ code: 'secret_unavailable', status: 503, cause });
    }
  });

  it('fails closed where a provider has a secret and nothing to check it with', () => {
    const { authenticate: _, ...rest } = acme.definition;
    const provider = { ...acme(), definition: rest, options: { key: 'x' } as object };
    const request = { method: 'POST', url: '/', origin: 'https://example.com', headers: {}, body: Buffer.from('') };
    expect(() => authenticate(new IncomingCallback(request, DEFAULT_LIMITS), provider, 7)).toThrow(
      expect.objectContaining({
        code: 'signature_mismatch',
      }),
    );
  });
});

describe('authenticate() of a provider', () => {
  const withVerdict = (authenticateIt: () => unknown): Provider => ({
    ...acme({ key: 'x' }),
    definition: { ...acme.definition, authenticate: authenticateIt as () => Verdict },
  });
  const message = new IncomingCallback(
    { method: 'POST', url: '/', origin: 'https://h.example', headers: {} },
    DEFAULT_LIMITS,
  );

  it('may wait, as WebCrypto does', async () => {
    await expect(
      authenticate(
        message,
        withVerdict(async () => 'valid'),
        7,
      ),
    ).resolves.toEqual({ trust: 'signed' });
    await expect(
      authenticate(
        message,
        withVerdict(async () => 'missing'),
        7,
      ),
    ).rejects.toMatchObject({
      code: 'signature_missing',
      details: { provider: 'acme', url: 'https://h.example/' },
    });
  });

  it('is waited for only where it waits', () => {
    expect(
      authenticate(
        message,
        withVerdict(() => 'valid'),
        7,
      ),
    ).toEqual({ trust: 'signed' });
  });

  it.each([true, null, 0, {}, 'fine'])('has to give a verdict, and not %j', async (given) => {
    const wait = async (): Promise<unknown> =>
      authenticate(
        message,
        withVerdict(async () => given),
        7,
      );
    await expect(wait()).rejects.toThrow(TypeError);
    await expect(wait()).rejects.toThrow(
      /^authenticate\(\) of acme: expected 'valid', 'missing', 'mismatch' or 'expired', .* got /,
    );
  });

  it('lets out what it throws', async () => {
    const bug = new TypeError('a bug');
    await expect(
      authenticate(
        message,
        withVerdict(() => Promise.reject(bug)),
        7,
      ),
    ).rejects.toBe(bug);
  });
});

describe('signingSecret', () => {
  it('is the option that the provider names', () => {
    expect(signingSecret(acme({ key: 'x' }))).toBe('x');
    expect(signingSecret(acme())).toBeUndefined();
    const { secretOption: _, ...rest } = acme.definition;
    expect(signingSecret({ ...acme({ key: 'x' }), definition: rest })).toBeUndefined();
  });
});
