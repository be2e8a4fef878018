import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../../test/memory-subject.ts';
import type { NewRefusal, RefusalLimits } from '../../refusals.ts';

/** Records the `ringing` of so many calls. */
async function recordCalls(subject: MemorySubject, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await subject.inbox.record(subject.event(`c${at}`, 'ringing'));
}

describe('a page of a memory inbox', () => {
  it('examines at most 10,000 calls, and the next one goes on', async () => {
    const subject = new MemorySubject({});
    await subject.record('first', 'completed');
    await recordCalls(subject, 10_000);
    const empty = await subject.inbox.listCalls({ state: 'ended' });
    expect(empty).toEqual({ rows: [], next: expect.any(String) });
    const { rows, next } = await subject.inbox.listCalls({ state: 'ended', cursor: empty.next as string });
    expect([rows.map(({ callId }) => callId), next]).toEqual([['first'], undefined]);
  });

  it('of the feed examines at most 1000 events for one provider, and the next one goes on', async () => {
    const subject = new MemorySubject({});
    const read = (after: string | undefined) =>
      subject.inbox.events({ provider: 'zenith', ...(after !== undefined && { after }) });
    await recordCalls(subject, 1000);
    await subject.inbox.record({ ...subject.event('other', 'ringing'), provider: 'zenith' });
    const empty = await read(undefined);
    expect(empty.rows).toEqual([]);
    expect((await read(empty.next)).rows).toMatchObject([{ event: { callId: 'other' } }]);
  });

  it('of the feed says that it missed calls that made room for others', async () => {
    const subject = new MemorySubject({ maxCalls: 2 });
    const { next } = await subject.inbox.events({});
    for (const callId of ['a', 'b', 'c']) await subject.handle(callId, 'completed');
    const page = await subject.inbox.events({ after: next });
    expect(page.missed).toBe(true);
    expect(page.rows.map(({ event }) => event.callId)).toEqual(['b', 'c']);
  });
});

describe('the health of a memory inbox', () => {
  it('says how much memory it uses, and whether the last event had room', async () => {
    const subject = new MemorySubject({ maxCalls: 1 });
    expect((await subject.inbox.health()).store).toEqual({ bytes: 0 });
    await subject.record('a', 'ringing');
    expect((await subject.inbox.health()).store).toEqual({ writable: true, bytes: expect.any(Number) });
    await expect(subject.record('b', 'ringing')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    expect((await subject.inbox.health()).store).toMatchObject({ writable: false });
  });

  it('counts up to 1000 silent calls', async () => {
    const subject = new MemorySubject({});
    await recordCalls(subject, 1001);
    await subject.inbox.record({ ...subject.event('other', 'ringing'), provider: 'zenith' });
    subject.time += 600_000;
    expect(await subject.inbox.health()).toMatchObject({
      live: 1002,
      silent: 1000,
      providers: [
        { provider: 'acme', live: 1001, silent: 1000 },
        { provider: 'zenith', live: 1, silent: 1 },
      ],
    });
  });

  it('finds the first retry, though an earlier one was erased', async () => {
    const subject = new MemorySubject({});
    for (const callId of ['a', 'b']) await subject.record(callId, 'ringing');
    const [first, second] = await subject.takeAll();
    for (const [job, retryInMs] of [
      [first, 1000],
      [second, 5000],
    ] as const) {
      if (job !== undefined) await subject.inbox.fail(job.lease, { retryInMs, error: 'boom', doneHandlers: [] });
    }
    await subject.inbox.forgetCall('acme', 'a');
    const nextRetryAt = new Date(subject.time + 5000).toISOString();
    expect(await subject.inbox.health()).toMatchObject({ retrying: 1, nextRetryAt });
  });
});

describe('the rejected callbacks of a memory inbox', () => {
  const LIMITS: RefusalLimits = { rows: 500, bytes: 8_388_608, uncounted: 0 };
  const at = '2026-01-01T00:00:00.000Z';
  const refusal = (url: string, body = ''): NewRefusal => ({
    code: 'signature_mismatch',
    httpStatus: 403,
    url,
    headerNames: [],
    count: 1,
    firstAt: at,
    lastAt: at,
    request: { method: 'POST', url, headers: {}, body: Buffer.from(body).toString('base64') },
  });
  const refusalsOf = ({ inbox }: MemorySubject) => inbox.refusals;

  it('give way to calls', async () => {
    const subject = new MemorySubject({ maxBytes: 100_000 });
    const refusals = refusalsOf(subject);
    for (let n = 0; n < 50; n++) await refusals.keep([refusal('/', 'x'.repeat(2000))], LIMITS);
    const { kept } = (await subject.inbox.health()).refused ?? { kept: 0 };
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThan(50);
    let calls = 0;
    while (await subject.record(`c${calls}`, 'ringing').then(Boolean, () => false)) calls++;
    expect(calls).toBeGreaterThan(10);
    expect((await subject.inbox.health()).refused).toMatchObject({ kept: 0 });
    await refusals.keep([refusal('/', 'x'.repeat(20_000))], LIMITS);
    expect(await refusals.list()).toEqual({ rows: [] });
  });

  it('are forgotten with their call, however its id is written', async () => {
    const subject = new MemorySubject({});
    const refusals = refusalsOf(subject);
    const callId = '+1 555:7';
    await subject.record(callId, 'ringing');
    await refusals.keep([refusal('/encoded', `id=${encodeURIComponent(callId)}`), refusal('/other', 'id=8')], LIMITS);
    await subject.inbox.forgetCall('acme', callId);
    expect((await refusals.list()).rows.map(({ url }) => url)).toEqual(['/other']);
    await subject.record('\ud800', 'ringing');
    expect(await subject.inbox.forgetCall('acme', '\ud800')).toBe(true);
  });
});
