import { describe, expect, it } from 'vitest';
import { askerBench, type Credentials, MINUTE_MS, readyBench, START_MS } from '../../../test/asker-bench.ts';
import { isCallStatusError } from '../../errors.ts';

describe('a failure', () => {
  it.each([404, 410])('is not an answer with status %i: the provider does not know the call', async (status) => {
    const { one, reported } = await readyBench(() => ({ status }));
    for (let time = 0; time < 6; time++) expect(await one()).toBe('not_found');
    expect(reported).toEqual([]);
  });

  it('says nothing about the calls of a batch that is not found', async () => {
    const { asker, reported } = await readyBench(() => ({ status: 404 }));
    const found = await asker.ask('acme', undefined, ['a', 'b']);
    expect([...found.values()]).toEqual(['unknown', 'unknown']);
    expect(reported).toEqual([]);
  });

  it('opens the circuit at the fifth time, which is reported once, until an answer closes it', async () => {
    let status = 503;
    const { one, api, reported, advance } = await readyBench(() => ({ status, json: {} }));
    for (let time = 0; time < 5; time++) expect(await one()).toEqual({ wasAsked: true, httpStatus: 503 });
    expect(await one()).toEqual({ wasAsked: false, retryInMs: MINUTE_MS });
    advance(MINUTE_MS);
    expect(await one()).toEqual({ wasAsked: true, httpStatus: 503 });
    expect(await one()).toMatchObject({ wasAsked: false });
    expect(api.requests).toHaveLength(6);
    expect(reported.map(({ code, severity, details }) => [code, severity, details.provider, details.reason])).toEqual([
      ['api_failed', 'info', 'acme', '127.0.0.1 answered 503.'],
    ]);
    status = 200;
    advance(2 * MINUTE_MS);
    expect([await one(), await one()]).toEqual(['unknown', 'unknown']);
    status = 500;
    for (let time = 0; time < 5; time++) await one();
    expect(reported).toHaveLength(2);
  });

  it.each([
    ['answered 302.', { status: 302, headers: { location: 'https://example.com/' } }],
    ['answered 400.', { status: 400 }],
    [': The answer is not JSON.', { text: 'Down for maintenance', headers: { 'content-type': 'text/html' } }],
  ])('is one: %s', async (reason, answer) => {
    const { one, reported } = await readyBench(() => answer);
    const httpStatus = 'status' in answer ? answer.status : undefined;
    for (let time = 0; time < 5; time++) expect(await one()).toEqual({ wasAsked: true, httpStatus });
    expect(reported.map(({ details }) => details.reason)).toEqual([expect.stringContaining(reason)]);
  });

  it('of a definition is reported as such', async () => {
    const { one, reported } = await readyBench(() => ({ json: 'a fault of the author' }));
    expect(await one()).toEqual({ wasAsked: true });
    expect(reported.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([['unexpected', 'the author']]);
  });
});

describe('a provider that asks for a pause', () => {
  it.each([
    ['429', 429, undefined, MINUTE_MS],
    ['429 with seconds', 429, '300', 300_000],
    ['429 with a date', 429, new Date(START_MS + MINUTE_MS + 300_000).toUTCString(), 300_000],
    ['503 with seconds', 503, '300', 300_000],
    ['429 with days', 429, '999999', 3_600_000],
  ])('is: %s', async (_, status, retryAfter, waitMs) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    const { one, api, advance, reported } = await readyBench(() => ({ status, headers }));
    expect(await one()).toEqual({ wasAsked: true, httpStatus: status, retryInMs: waitMs });
    advance(waitMs - 1);
    expect(await one()).toMatchObject({ wasAsked: false });
    expect(api.requests).toHaveLength(1);
    advance(1);
    expect(await one()).toMatchObject({ wasAsked: true });
    expect(reported).toEqual([]);
  });

  it('has not failed', async () => {
    const { one, advance, reported } = await readyBench(() => ({ status: 429 }));
    for (let time = 0; time < 6; time++) {
      expect(await one()).toEqual({ wasAsked: true, httpStatus: 429, retryInMs: MINUTE_MS });
      advance(MINUTE_MS);
    }
    expect(reported).toEqual([]);
  });
});

describe('credentials', () => {
  it.each([401, 403])('that are refused are reported once until they are accepted: %i', async (refused) => {
    let status = refused;
    const { one, reported } = await readyBench(
      () => ({ status, json: {} }),
      (url) => () => ({ key: 'sesame', url }),
    );
    await one();
    const answer = { wasAsked: true, httpStatus: refused };
    expect([await one(), await one()]).toEqual([answer, answer]);
    expect(reported.map(({ code, severity, details }) => [code, severity, details.reason])).toEqual([
      ['api_credentials', 'ticket', `127.0.0.1 answered ${refused}.`],
    ]);
    expect(JSON.stringify(reported[0]?.details) + reported[0]?.message).not.toContain('sesame');
    status = 200;
    await one();
    status = refused;
    await one();
    expect(reported).toHaveLength(2);
  });

  it('of all tenants are used for none of them', async () => {
    const { one, api, reported, advance } = await askerBench(() => ({ json: {} }));
    await one('x');
    advance(MINUTE_MS);
    expect([await one('x'), await one('x')]).toEqual(Array(2).fill({ wasAsked: false, obstacle: 'no_credentials' }));
    expect(reported.map(({ code, message }) => [code, message])).toEqual([
      ['api_credentials', expect.stringContaining('api: (tenant) => credentials.')],
    ]);
    expect(api.requests).toEqual([]);
  });

  it.each<[string, () => unknown, string]>([
    ['an error', () => Promise.reject(new Error('vault')), 'api() failed for the tenant acme.'],
    ['another thing', () => 'sesame', 'expected an object with key, or a function of the tenant that returns one.'],
    ['a function', () => () => ({ key: 'sesame' }), 'expected credentials, got a function.'],
    ['no key', () => ({ key: undefined }), '`key` is missing: expected a text without spaces.'],
    ['a host', () => ({ key: 'k', url: 'https://example.com' }), '`url`: expected an origin on this machine'],
  ])('from a function are checked: %s', async (_, api, text) => {
    const {
      one,
      reported,
      advance,
      api: server,
    } = await askerBench(
      () => ({ json: {} }),
      () => api as () => Credentials,
    );
    await one('acme');
    advance(MINUTE_MS);
    expect([await one('acme'), await one('acme')]).toEqual(
      Array(2).fill({ wasAsked: false, obstacle: 'no_credentials' }),
    );
    expect(reported.map(({ code, message }) => [code, message])).toEqual([
      ['api_credentials', expect.stringContaining(text)],
    ]);
    expect(reported.every((error) => isCallStatusError(error) && !error.message.includes('sesame'))).toBe(true);
    expect(server.requests).toEqual([]);
  });

  it('are reported without a tenant that may be a phone number', async () => {
    const { one, reported, advance } = await askerBench(
      () => ({ status: 401 }),
      (url) => () => ({ key: 'k', url }),
    );
    await one('+15551230001');
    advance(MINUTE_MS);
    await one('+15551230001');
    expect(reported.map(({ details }) => details.reason)).toEqual(['127.0.0.1 answered 401. Asked for the tenant ….']);
  });
});
