import type { Inbox } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { INBOXES, type Subject, subject } from './board-under-test.ts';

interface Message {
  readonly name: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, whose parts each test looks at
  readonly data: any;
}

/** One tab. */
class Tab {
  readonly messages: Message[] = [];
  isClosed = false;
  readonly #abort = new AbortController();
  readonly #board: Subject['board'];

  constructor({ board }: Pick<Subject, 'board'>) {
    this.#board = board;
    onTestFinished(() => this.leave());
  }

  async open(last?: string): Promise<Response> {
    const headers = last === undefined ? {} : { 'last-event-id': last };
    const request = new Request('http://board.example/api/stream', { headers, signal: this.#abort.signal });
    const response = await this.#board.handle(request);
    return response;
  }

  async follow(last?: string): Promise<this> {
    const response = await this.open(last);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    void this.#read(response.body as ReadableStream<Uint8Array>);
    return this;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const part of body) {
      text += Buffer.from(part).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() as string;
      for (const block of blocks) {
        const lines = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const [name, id] = [lines.get('event'), lines.get('id')];
        if (name) this.messages.push({ name, ...(id && { id }), data: JSON.parse(lines.get('data') as string) });
      }
    }
    this.isClosed = true;
  }

  named(name: string): readonly Message[] {
    return this.messages.filter((message) => message.name === name);
  }

  get statuses(): readonly string[] {
    return this.named('events').flatMap(({ data }) => data.events.map(({ status }: { status: string }) => status));
  }

  get count(): number {
    return this.statuses.length;
  }

  get place(): string {
    return this.messages.findLast(({ id }) => id !== undefined)?.id as string;
  }

  leave(): void {
    this.#abort.abort();
  }
}

async function receiveMany({ receive }: Subject, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) await receive({ CallSid: `CA${at}`, CallStatus: 'busy' });
}

describe.each(INBOXES)('a stream of an inbox in %s', (_, makeInbox) => {
  it('says where it begins, has the health, and then each event once, in order', async () => {
    const made = subject({ inbox: makeInbox() });
    await made.receive({ CallSid: 'CA1', CallStatus: 'queued' });
    const [tab, other] = [await new Tab(made).follow(), await new Tab(made).follow()];
    await expect.poll(() => tab.named('health').length).toBeGreaterThan(0);
    expect(tab.messages[0]).toEqual({ name: 'events', id: expect.any(String), data: { events: [], next: tab.place } });
    for (const status of ['ringing', 'in-progress', 'completed'])
      await made.receive({ CallSid: 'CA1', CallStatus: status });
    await made.receive({ CallSid: 'CA1', CallStatus: 'completed' });
    await expect.poll(() => tab.count).toBe(3);
    await expect.poll(() => other.count).toBe(3);
    expect(tab.statuses).toEqual(['ringing', 'in-progress', 'completed']);
    const [{ key }] = (await made.get('/api/calls')).body.rows;
    expect(tab.messages.findLast(({ name }) => name === 'events')?.data.events[0]).toMatchObject({
      key,
      provider: 'mycpaas',
      transition: 'advance',
      receivedAt: expect.any(String),
    });
  });

  it('continues after a reconnect, without loss and without repetition', async () => {
    const made = subject({ inbox: makeInbox() });
    const watching = await new Tab(made).follow();
    const tab = await new Tab(made).follow();
    await receiveMany(made, 0, 5);
    await expect.poll(() => tab.count).toBe(5);
    tab.leave();
    // More than one page of them, and more while it catches up.
    await receiveMany(made, 5, 1100);
    const again = new Tab(made);
    await Promise.all([again.follow(tab.place), receiveMany(made, 1100, 1150)]);
    await expect.poll(() => again.count, { timeout: 20_000 }).toBe(1145);
    await expect.poll(() => watching.count, { timeout: 20_000 }).toBe(1150);
    await receiveMany(made, 1150, 1151);
    await expect.poll(() => again.count).toBe(1146);
    expect(again.named('missed')).toEqual([]);
  });

  it('says that events are missed after a place that is not known', async () => {
    const made = subject({ inbox: makeInbox() });
    const tab = await new Tab(made).follow('not-a-place');
    await expect.poll(() => tab.named('missed').length).toBe(1);
    await made.receive({ CallSid: 'CA1', CallStatus: 'busy' });
    await expect.poll(() => tab.count).toBe(1);
  });

  it('can be replaced by polling', async () => {
    const { get, receive } = subject({ inbox: makeInbox() });
    const start = (await get('/api/events')).body;
    expect(start).toEqual({ events: [], next: expect.any(String) });
    await receive({ CallSid: 'CA1', CallStatus: 'busy' });
    const { body } = await get(`/api/events?after=${start.next}`);
    expect(body).toMatchObject({ events: [{ status: 'busy' }], next: expect.any(String) });
    expect((await get(`/api/events?after=${body.next}`)).body).toEqual({ events: [], next: body.next });
    expect((await get('/api/events?after=not-a-place')).body).toMatchObject({ events: [], missed: true });
  });
});

/** The feed of an inbox, counted. */
function counting(inbox: Inbox): { count: number } {
  const counter = { count: 0 };
  const events = inbox.events.bind(inbox);
  inbox.events = (query) => {
    counter.count++;
    return events(query);
  };
  return counter;
}

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

  it('of a tab that does not read are closed, and take no more memory', async () => {
    const made = subject();
    const slow = await new Tab(made).open();
    const tab = await new Tab(made).follow();
    await receiveMany(made, 0, 3000);
    await expect.poll(() => tab.count, { timeout: 20_000 }).toBe(3000);
    let bytes = 0;
    for await (const part of slow.body as ReadableStream<Uint8Array>) bytes += part.length;
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(500_000);
  });

  it('of a tab that is far behind and slow wait for it, and begin again if it is too far', async () => {
    const made = subject();
    const first = await new Tab(made).follow();
    const { place } = await vi.waitUntil(() => first.messages.length > 0 && first);
    await receiveMany(made, 0, 10_600);
    const late = await new Tab(made).follow(place);
    await expect.poll(() => late.named('missed').length, { timeout: 20_000 }).toBe(1);
    expect(late.count).toBeGreaterThanOrEqual(10_000);
    await made.receive({ CallSid: 'last', CallStatus: 'canceled' });
    await expect.poll(() => late.statuses.at(-1), { timeout: 20_000 }).toBe('canceled');
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
    const down = (): Promise<never> => Promise.reject(new Error('down'));
    Object.assign(made.inbox, { events: down, health: down });
    const broken = await made.get('/api/stream');
    expect(broken.status).toBe(503);
    await expect.poll(() => made.lines.some((line) => JSON.stringify(line).includes('live pages'))).toBe(true);
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
