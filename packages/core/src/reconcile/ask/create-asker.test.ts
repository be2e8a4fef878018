import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../test/api-server.ts';
import { acme, askerBench, MINUTE_MS, readyBench } from '../../../test/asker-bench.ts';
import { defineProvider, type Provider } from '../../provider/define-provider.ts';
import { voicedock } from '../../providers/voicedock.ts';
import { createAsker } from './create-asker.ts';

const found = { form: { callId: 'a', rawStatus: 'over' }, raw: { id: 'a' } };

describe('an asker', () => {
  it('asks in batches, once it has some of its share', async () => {
    const { asker, api, advance } = await askerBench(() => ({ json: { a: { id: 'a' }, b: 'gone', d: { id: 'd' } } }));
    expect(asker.batchOf('acme')).toBe(3);
    const [first, second] = [await asker.ask('acme', undefined, ['a']), await asker.ask('acme', undefined, ['b'])];
    expect(first.get('a')).toEqual({ wasAsked: false, retryInMs: expect.closeTo(MINUTE_MS / 90) });
    expect(second.get('b')).toEqual({ wasAsked: false, retryInMs: expect.closeTo((2 * MINUTE_MS) / 90) });
    expect(api.requests).toEqual([]);
    advance(MINUTE_MS);
    expect(await asker.ask('acme', undefined, ['a', 'b', 'c'])).toEqual(
      new Map<string, unknown>([
        ['a', found],
        ['b', 'not_found'],
        ['c', 'unknown'],
      ]),
    );
    expect(api.requests.map(({ query, headers }) => [query.get('ids'), headers.authorization])).toEqual([
      ['a,b,c', 'Bearer sesame'],
    ]);
  });

  it('says unknown when the answer is about another call', async () => {
    const { one } = await readyBench(() => ({ json: { a: { id: 'b' } } }));
    expect(await one()).toBe('unknown');
  });

  it('puts no id into a URL that does not match as a whole', async () => {
    const { asker, api } = await readyBench(() => ({ json: {} }));
    for (const callId of ['', 'a/b', 'a?b', '../a', '..', '.', 'a\n', 'é', 'a b', 'a%2fb']) {
      expect(await asker.ask('acme', undefined, [callId])).toEqual(
        new Map([[callId, { wasAsked: false, obstacle: 'invalid_id' }]]),
      );
    }
    expect(api.requests).toEqual([]);
    await asker.ask('acme', undefined, ['+15551230001', 'a/b']);
    expect(api.requests.map(({ query }) => query.get('ids'))).toEqual(['+15551230001']);
  });

  it('asks only providers with credentials', async () => {
    const { definition } = acme;
    const { fetchCall: _, ...mute } = definition;
    const other = defineProvider({ ...mute, name: 'mute' } as never) as unknown as typeof acme;
    const options = { timers: { now: () => 0 }, now: () => 0, report() {} };
    const asker = createAsker({
      ...options,
      providers: [acme({ token: 't' }), other({ token: 't', api: { key: 'k' } })],
    });
    for (const name of ['acme', 'mute', 'unknown']) {
      expect(asker.batchOf(name)).toBeUndefined();
      expect(await asker.ask(name, undefined, ['a'])).toEqual(new Map([['a', { wasAsked: false }]]));
    }
  });

  it('asks for one call at a time, 30 times a minute at most, unless the definition says otherwise', async () => {
    const options = { timers: { now: () => 0 }, now: () => 0, report() {} };
    const asker = createAsker({ ...options, providers: [voicedock({ token: 't', api: { key: 'k' } })] });
    expect(asker.batchOf('voicedock')).toBe(1);
    const [[, answer] = []] = await asker.ask('voicedock', undefined, ['a']);
    expect(answer).toEqual({ wasAsked: false, retryInMs: expect.closeTo(MINUTE_MS / 27) });
  });

  it('asks where the definition says, without a url of a test', async () => {
    const { url, requests } = await apiServer(() => ({ json: {} }));
    const { fetchCall } = acme.definition;
    const request = (): object => ({ url: `${url}/v1/calls`, headers: {} });
    const definition = { ...acme.definition, fetchCall: { ...fetchCall, request } };
    let nowMs = 0;
    const options = { timers: { now: () => nowMs }, now: () => nowMs, report() {} };
    const providers = [{ ...acme({ token: 't', api: { key: 'k' } }), definition }] as readonly Provider[];
    const asker = createAsker({ ...options, providers });
    await asker.ask('acme', undefined, ['a']);
    nowMs = MINUTE_MS;
    expect(await asker.ask('acme', undefined, ['a'])).toEqual(new Map([['a', 'unknown']]));
    expect(requests.map(({ path }) => path)).toEqual(['/v1/calls']);
  });

  it('keeps accounts apart', async () => {
    const { one, api, advance } = await askerBench(
      () => ({ json: {} }),
      (url) => (tenant) => ({ key: `key-of-${tenant}`, url }),
    );
    const waiting = [await one('x'), await one('y'), await one()];
    expect(waiting).toEqual(waiting.map(() => ({ wasAsked: false, retryInMs: expect.closeTo(MINUTE_MS / 90) })));
    advance(MINUTE_MS);
    await one('x');
    await one('y');
    await one();
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer key-of-x',
      'Bearer key-of-y',
      'Bearer key-of-undefined',
    ]);
  });

  it('forgets the account that was used longest ago, which then begins empty', async () => {
    const { one, advance, asker } = await askerBench(
      () => ({ json: {} }),
      () => () => undefined,
    );
    await one('first');
    await one('second');
    advance(MINUTE_MS);
    expect(await one('first')).toEqual({ wasAsked: false, obstacle: 'no_credentials' });
    for (let at = 0; at < 9999; at++) await asker.ask('acme', String(at), ['a']);
    expect(await one('first')).toEqual({ wasAsked: false, obstacle: 'no_credentials' });
    expect(await one('second')).toEqual({ wasAsked: false, retryInMs: expect.closeTo(MINUTE_MS / 90) });
  });

  it('gives no answers after it was closed, and aborts what is running', async () => {
    const { one, asker, api, reported } = await readyBench(() => () => {});
    const running = one();
    await api.came(1);
    asker.close();
    expect(await running).toEqual({ wasAsked: true });
    expect(await one()).toEqual({ wasAsked: false });
    expect([api.requests.length, reported]).toEqual([1, []]);
  });
});
