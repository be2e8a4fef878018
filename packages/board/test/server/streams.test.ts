import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Keys } from '../../src/privacy/keys.ts';
import { subject } from './board-under-test.ts';
import { counting } from './counting.ts';
import { collectGarbage } from './garbage.ts';
import { receiveMany, Tab } from './tab.ts';

describe('streams', () => {
  it('share one poll, which ends with the last of them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const tabs = await Promise.all(Array.from({ length: 5 }, () => new Tab(made).follow()));
    const counter = counting(made.inbox);
    await vi.advanceTimersByTimeAsync(500);
    expect(counter.count).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(counter.count).toBeGreaterThan(5);
    await expect.poll(() => tabs.every((tab) => tab.named('health').length > 1)).toBe(true);
    for (const tab of tabs) tab.leave();
    counter.count = 0;
    await vi.advanceTimersByTimeAsync(5000);
    expect(counter.count).toBe(0);
  });

  it('that are opened get the health, and the others do not get it again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const tab = await new Tab(made).follow();
    await expect.poll(() => tab.named('health').length).toBe(1);
    const other = await new Tab(made).follow();
    await expect.poll(() => other.named('health').length).toBe(1);
    await made.receive({ CallSid: 'CA1', CallStatus: 'busy' });
    await vi.advanceTimersByTimeAsync(500);
    await expect.poll(() => tab.count).toBe(1);
    expect(tab.named('health')).toHaveLength(1);
  });

  it('are kept open by comments, and end after a quarter of an hour, so that permissions are asked for again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const made = subject();
    const response = await new Tab(made).open();
    const tab = await new Tab(made).follow();
    await vi.advanceTimersByTimeAsync(15_000);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('\n:\n\n')) text += Buffer.from((await reader.read()).value ?? []).toString();
    await reader.cancel();
    expect(tab.isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(900_001);
    await expect.poll(() => tab.isClosed).toBe(true);
  });

  it('are at most a hundred', async () => {
    const made = subject();
    const tabs = await Promise.all(Array.from({ length: 100 }, () => new Tab(made).follow()));
    const { status, body } = await made.get('/api/stream');
    expect([status, body.code]).toEqual([503, 'too_many_streams']);
    tabs[0]?.leave();
    await new Tab(made).follow();
  });

  it('of a tab that does not read end, and keep no memory', async () => {
    const made = subject();
    const slow = await new Tab(made).open();
    const tab = await new Tab(made).follow();
    await receiveMany(made, 0, 3000);
    await expect.poll(() => tab.count).toBe(3000);
    await expect(slow.text()).rejects.toThrow('reads too slowly');
  });

  it('of a tab that is far behind and slow wait for it, and begin again if it is too far', async () => {
    const made = subject();
    const first = await new Tab(made).follow();
    const { place } = await vi.waitUntil(() => first.messages.length > 0 && first);
    await receiveMany(made, 0, 10_600);
    const late = await new Tab(made).follow(place);
    await expect.poll(() => late.named('missed').length).toBe(1);
    expect(late.count).toBeGreaterThanOrEqual(10_000);
    await made.receive({ CallSid: 'last', CallStatus: 'canceled' });
    await expect.poll(() => late.statuses.at(-1)).toBe('canceled');
    const waiting = await new Tab(made).open(place);
    await waiting.body?.cancel();
  });

  it('end with the board, which then opens no other', async () => {
    const made = subject();
    const tab = await new Tab(made).follow();
    made.board.close();
    await expect.poll(() => tab.isClosed).toBe(true);
    expect((await made.get('/api/stream')).body.code).toBe('closed');
  });

  it('of a client that leaves end, also after a collection of garbage', async () => {
    const made = subject();
    const abort = new AbortController();
    const response = await made.board.handle(new Request('http://board.example/api/stream', { signal: abort.signal }));
    await collectGarbage();
    abort.abort();
    expect(await response.text()).toContain('retry: ');
  });

  it('of a request that is already gone are not kept', async () => {
    const made = subject();
    const tab = new Tab(made);
    tab.leave();
    const response = await tab.open();
    expect(await response.text()).toContain('retry: ');
  });

  it('go on after the inbox failed, which is logged once', async () => {
    const made = subject();
    const tab = await new Tab(made).follow();
    await expect.poll(() => tab.messages.length).toBeGreaterThan(1);
    const { events, health } = made.inbox;
    let failures = 0;
    const down = (): Promise<never> => {
      failures++;
      return Promise.reject(new Error('down'));
    };
    Object.assign(made.inbox, { events: down, health: down });
    const broken = await made.get('/api/stream');
    expect(broken.status).toBe(503);
    await expect.poll(() => failures).toBeGreaterThan(3);
    Object.assign(made.inbox, { events, health });
    await made.receive({ CallSid: 'CA1', CallStatus: 'busy' });
    await expect.poll(() => tab.count).toBe(1);
    expect(made.lines.filter((line) => JSON.stringify(line).includes('live pages'))).toHaveLength(1);
  });

  it('that cannot read what they missed are closed, so that the browser tries again', async () => {
    const made = subject();
    const events = made.inbox.events.bind(made.inbox);
    made.inbox.events = (query) => (query?.after === '7' ? Promise.reject(new Error('down')) : events(query));
    const tab = await new Tab(made).follow('7');
    await expect.poll(() => tab.isClosed).toBe(true);
  });

  it('are told once if retention removed events that were not read', async () => {
    const made = subject();
    const tab = await new Tab(made).follow();
    await expect.poll(() => tab.messages.length).toBeGreaterThan(0);
    const events = made.inbox.events.bind(made.inbox);
    made.inbox.events = async (query) => {
      made.inbox.events = events;
      return { ...(await events(query)), missed: true };
    };
    await expect.poll(() => tab.named('missed').length).toBe(1);
  });
});

it('keys are opened by boards with the same secret, and by no other', () => {
  const call = { provider: 'acme', callId: '+15550100001' };
  const secret = 'a-secret-that-all-hosts-have-in-common';
  const sealed = new Keys(secret).ofCall(call, false);
  expect(new Keys(secret).callOf(sealed)).toEqual(call);
  expect(new Keys(secret).ofCall(call, false)).toBe(sealed);
  for (const other of [new Keys(), new Keys(`${secret}!`)]) expect(() => other.callOf(sealed)).toThrow('not known');
  expect(Buffer.from(sealed.slice(1), 'base64url').toString('latin1')).not.toContain('5550100001');
});

it('keys name calls of tenants', () => {
  const keys = new Keys();
  const call = { provider: 'acme', tenant: 'one', callId: '+15550100001' };
  expect(keys.callOf(keys.ofCall(call, false))).toEqual(call);
  expect(keys.callOf(keys.ofCall(call, true))).toEqual(call);
});
