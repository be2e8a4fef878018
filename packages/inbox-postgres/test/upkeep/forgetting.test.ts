import { describe, expect, it } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { sharedServer } from '../servers/test-server.ts';
import { HOUR, setUp } from './set-up.ts';

const url = (await sharedServer()) ?? '';

const TIMES = 10;

describe.skipIf(url === '')('forgetting a call', () => {
  it('leaves nothing of it while its events are recorded, taken and finished elsewhere', async () => {
    const { open, event, schema } = setUp(url);
    const [first, second] = [(await open()).inbox, (await open()).inbox];
    let isForgetting = true;
    let forgotten = 0;
    const forget = async () => {
      while (forgotten < TIMES) if (await first.forgetCall('acme', 'c1')) forgotten++;
      isForgetting = false;
    };
    const record = async () => {
      for (let n = 0; isForgetting; n++) {
        await Promise.all([1, 2, 3].map((part) => second.record(event('c1', 'ringing', `c1/${n}/${part}`))));
      }
    };
    const work = async () => {
      while (isForgetting) {
        const { jobs } = await second.take({ limit: 5, leaseMs: HOUR, owner: 'test' });
        for (const { lease } of jobs) expect(['done', 'gone', 'lost']).toContain(await second.finish(lease));
      }
    };
    await Promise.all([forget(), record(), work()]);
    await first.forgetCall('acme', 'c1');
    const left = ['calls', 'recorded', 'jobs'].map(
      (table) => `(SELECT count(*)::int FROM ${schema}.${table}) AS ${table}`,
    );
    expect(await queryAt(url, `SELECT ${left.join(', ')}`)).toEqual([{ calls: 0, recorded: 0, jobs: 0 }]);
    expect((await first.events()).rows).toEqual([]);
  });

  it('forgets its rejected callbacks, however its id is written, also if that failed the first time', async () => {
    const { open, event } = setUp(url);
    const { inbox } = await open();
    const callId = 'id/with & signs';
    const now = new Date(0).toISOString();
    const request = (body: string, path = '/') => ({
      method: 'POST',
      url: path,
      headers: {},
      body: Buffer.from(body).toString('base64'),
    });
    const keep = async (parts: object) => {
      const refusal = { code: 'signature_mismatch', httpStatus: 403, url: '/', headerNames: [], count: 1 } as const;
      const limits = { rows: 500, bytes: 1_000_000, uncounted: 0 };
      await inbox.refusals.keep([{ ...refusal, firstAt: now, lastAt: now, ...parts }], limits);
    };
    await inbox.record(event(callId, 'ringing'));
    for (let n = 0; n < 60; n++) await keep({ hint: 'stays', request: request(`CallSid=other${n}`) });
    await keep({ request: request(`{"id":"${callId}"}`) });
    await keep({ request: request(`CallSid=${encodeURIComponent(callId)}`) });
    await keep({ request: { ...request('', `/?id=${encodeURIComponent(callId)}`), body: undefined } });
    await keep({ hint: 'stays' });
    expect(await inbox.forgetCall('acme', callId)).toBe(true);
    expect(await inbox.health()).toMatchObject({ refused: { kept: 61 } });
    await keep({ request: request(callId) });
    expect(await inbox.forgetCall('acme', callId)).toBe(false);
    const { rows } = await inbox.refusals.list({ limit: 1000 });
    expect(rows.map(({ hint }) => hint)).toEqual(Array(61).fill('stays'));
    expect(await inbox.forgetCall('acme', '\ud800')).toBe(false);
  });
});
