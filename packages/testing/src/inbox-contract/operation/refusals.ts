import assert from 'node:assert/strict';
import type { NewRefusal, RefusalLimits, RefusalQuery } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { readAll } from '../bench/read-all.ts';
import { timesFrom } from '../bench/times-from.ts';

const HOUR_MS = 3_600_000;

const LIMITS: RefusalLimits = { rows: 500, bytes: 8_388_608, uncounted: 0 };

/** A rejected callback of now. */
function refusal(t: Bench, url: string, parts: Partial<NewRefusal> = {}): NewRefusal {
  const now = new Date(t.clock.now()).toISOString();
  const what = { code: 'signature_mismatch', httpStatus: 403, headerNames: ['host', 'content-type'] } as const;
  return { provider: 'acme', url, ...what, count: 1, firstAt: now, lastAt: now, ...parts };
}

/** A request whose body is this text. */
const request = (body: string, url = '/calls'): NonNullable<NewRefusal['request']> => ({
  method: 'POST',
  url,
  headers: { host: 'example.com', accept: ['a', 'b'] },
  body: Buffer.from(body).toString('base64'),
});

async function keep(t: Bench, refusals: readonly NewRefusal[], limits: Partial<RefusalLimits> = {}): Promise<void> {
  await t.inbox.refusals.keep(refusals, { ...LIMITS, ...limits });
}

/** The URLs of all that are kept and match. */
async function urlsOf(t: Bench, query: RefusalQuery = {}): Promise<string[]> {
  return (await readAll((page) => t.inbox.refusals.list({ ...query, ...page }))).map(({ url }) => url);
}

export const REFUSALS: Tests = {
  'keeps a rejected callback as it was given': async (t) => {
    assert.deepEqual(await t.inbox.refusals.list(), { rows: [] });
    const whole = refusal(t, '/calls?token', {
      hint: 'The secret is another one. ☎',
      contentType: 'application/json',
      bytes: 12,
      caller: '203.0.113.0',
      requestId: 'r1',
      count: 7,
      request: request('{"id":"7"}'),
    });
    const { provider: _, ...least } = refusal(t, '/');
    await keep(t, [whole, least]);
    const { rows } = await t.inbox.refusals.list();
    const ids = rows.map(({ id }) => id);
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(rows, [
      { ...least, id: ids[0] },
      { ...whole, id: ids[1] },
    ]);
    for (const row of rows) assert.deepEqual(await t.inbox.refusals.get(row.id), row);
    assert.equal(await t.inbox.refusals.get('unknown'), undefined);
  },

  'lists the newest first, by provider, code and time, page by page': async (t) => {
    const at = timesFrom(t.clock.now());
    for (let n = 0; n < 8; n++) {
      const code = n < 4 ? 'signature_mismatch' : 'malformed_body';
      await keep(t, [refusal(t, `/${n}`, { provider: n % 2 === 0 ? 'acme' : 'zenith', code })]);
      t.clock.advance(1000);
    }
    assert.deepEqual(await urlsOf(t), ['/7', '/6', '/5', '/4', '/3', '/2', '/1', '/0']);
    assert.deepEqual(await urlsOf(t, { provider: 'acme', limit: 1 }), ['/6', '/4', '/2', '/0']);
    assert.deepEqual(await urlsOf(t, { code: 'malformed_body', limit: 3 }), ['/7', '/6', '/5', '/4']);
    assert.deepEqual(await urlsOf(t, { since: at(2000), until: new Date(at(5000)) }), ['/4', '/3', '/2']);
    assert.deepEqual(await urlsOf(t, { provider: 'zenith', code: 'signature_mismatch', since: at(1001) }), ['/3']);
    const { rows, next } = await t.inbox.refusals.list({ limit: 8 });
    assert.deepEqual([rows.length, next], [8, undefined]);
  },

  'pages through all of them while new ones come': async (t) => {
    for (let n = 0; n < 9; n++) await keep(t, [refusal(t, `/${n}`)]);
    const rows = await readAll(async (page) => {
      await keep(t, [refusal(t, '/new')]);
      return t.inbox.refusals.list({ ...page, limit: 4 });
    });
    const urls = rows.map(({ url }) => url).filter((url) => url !== '/new');
    assert.deepEqual(urls, ['/8', '/7', '/6', '/5', '/4', '/3', '/2', '/1', '/0']);
  },

  'removes the oldest when there are too many': async (t) => {
    for (let n = 0; n < 12; n++) await keep(t, [refusal(t, `/${n}`)], { rows: 5 });
    assert.deepEqual(await urlsOf(t), ['/11', '/10', '/9', '/8', '/7']);
    await keep(
      t,
      Array.from({ length: 9 }, (_, n) => refusal(t, `/many${n}`)),
      { rows: 3 },
    );
    assert.deepEqual(await urlsOf(t), ['/many8', '/many7', '/many6']);
  },

  'removes the oldest when they are too large': async (t) => {
    const large = (url: string) => refusal(t, url, { request: request('x'.repeat(9000)) });
    for (let n = 0; n < 20; n++) await keep(t, [large(`/${n}`)], { bytes: 100_000 });
    const few = await urlsOf(t);
    assert.ok(few.length >= 2 && few.length <= 10, `${few.length}`);
    assert.deepEqual(few[0], '/19');
    const small = Array.from({ length: 10 }, (_, n) => refusal(t, `/small${n}`));
    await keep(t, small, { bytes: 100_000 });
    assert.deepEqual((await urlsOf(t)).slice(0, 10), small.map(({ url }) => url).reverse());
  },

  'counts those that it keeps, and those that were only counted': async (t) => {
    await keep(t, [refusal(t, '/1'), refusal(t, '/2'), refusal(t, '/3')], { rows: 2, uncounted: 5 });
    await keep(t, [], { uncounted: 7 });
    const { refused } = await t.inbox.health();
    assert.deepEqual(refused, { kept: 2, lastDay: 2, uncounted: 12 });
  },

  'counts the callbacks of the last 24 hours, also those that share a row': async (t) => {
    await keep(t, [refusal(t, '/yesterday', { count: 5 })]);
    t.clock.advance(HOUR_MS);
    await keep(t, [refusal(t, '/1', { count: 3 }), refusal(t, '/2')]);
    assertMatches(await t.inbox.health(), { refused: { kept: 3, lastDay: 9 } });
    t.clock.advance(23.5 * HOUR_MS);
    assertMatches(await t.inbox.health(), { refused: { kept: 3, lastDay: 4 } });
    await keep(t, [refusal(t, '/3')], { rows: 2 });
    assertMatches(await t.inbox.health(), { refused: { kept: 2, lastDay: 2 } });
    t.clock.advance(24.5 * HOUR_MS);
    assertMatches(await t.inbox.health(), { refused: { kept: 2, lastDay: 0 } });
  },

  'forgets those of a call that is erased': async (t) => {
    const callId = 'call-7f3a9';
    await t.record(callId, 'ringing');
    await keep(t, [
      refusal(t, '/body', { request: request(`CallSid=${callId}&CallStatus=ringing`) }),
      refusal(t, '/url', { request: request('', `/calls?CallSid=${callId}`) }),
      refusal(t, '/other', { request: request('CallSid=call-7f3a8&CallStatus=ringing') }),
      refusal(t, '/without'),
    ]);
    assert.equal(await t.inbox.forgetCall('acme', callId), true);
    assert.deepEqual(await urlsOf(t), ['/without', '/other']);
    assertMatches(await t.inbox.health(), { refused: { kept: 2 } });
  },

  'keeps any characters, and lets no bad one fail its neighbors': async (t) => {
    const strange = ['nul\0nul', '\ud800', "'; DROP TABLE refusals; --", '☎😀', '%'];
    for (const text of strange) {
      await keep(t, [
        refusal(t, '/before'),
        refusal(t, '/strange', { hint: text, requestId: text, contentType: text }),
      ]);
      await keep(t, [refusal(t, '/after')]);
    }
    const urls = await urlsOf(t);
    for (const url of ['/before', '/after']) assert.equal(urls.filter((each) => each === url).length, strange.length);
  },
};

export const REFUSALS_OF_A_DURABLE_INBOX: Tests = {
  'keeps them over a restart': async (t) => {
    await keep(t, [refusal(t, '/1'), refusal(t, '/2', { request: request('x') })], { uncounted: 3 });
    const before = await t.inbox.refusals.list();
    await t.reopen();
    assert.deepEqual(await t.inbox.refusals.list(), before);
    assert.deepEqual((await t.inbox.health()).refused, { kept: 2, lastDay: 2, uncounted: 3 });
    await keep(t, [refusal(t, '/3')], { rows: 2 });
    assert.deepEqual(await urlsOf(t), ['/3', '/2']);
  },
};
