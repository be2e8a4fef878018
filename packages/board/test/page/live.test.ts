import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Live from '../../app/api/live.ts';
import type * as State from '../../app/api/state.ts';
import { fakeServer } from './fake-server.ts';

const SILENT_MS = 10_000;

/** A stream of events, which does what the test says. */
class FakeStream extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly CLOSED = 2;
  static readonly all: FakeStream[] = [];
  readyState = FakeStream.CONNECTING;
  onerror = (): void => {};

  constructor() {
    super();
    FakeStream.all.push(this);
  }

  send(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  /** The connection breaks: the browser tries again, unless the server refused. */
  break(readyState = FakeStream.CONNECTING): void {
    this.readyState = readyState;
    this.onerror();
  }

  close(): void {
    this.readyState = FakeStream.CLOSED;
  }
}

let requests: ReturnType<typeof fakeServer>;
let live: typeof Live;
let state: typeof State;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  requests = fakeServer();
  FakeStream.all.length = 0;
  vi.stubGlobal('EventSource', FakeStream);
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
  vi.resetModules();
  live = await import('../../app/api/live.ts');
  state = await import('../../app/api/state.ts');
  live.startLive();
});

afterEach(() => {
  live.paused.value = true;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const stream = () => FakeStream.all.at(-1) as FakeStream;
const asked = () => requests.map(({ path }) => path);

describe('a page whose connection breaks', () => {
  it('polls from where it was, if the next connection holds the stream back', () => {
    stream().send('events', { events: [], next: '7' });
    expect(live.connection.value).toBe('live');
    stream().break();
    vi.advanceTimersByTime(SILENT_MS - 1);
    expect([live.connection.value, asked()]).toEqual(['offline', []]);
    vi.advanceTimersByTime(1);
    expect(stream().readyState).toBe(FakeStream.CLOSED);
    expect(asked()).toEqual(['events', 'health']);
    expect(requests[0]?.query).toEqual({ after: '7' });
  });

  it('does not poll while each attempt of the browser fails, nor once one comes through', () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      stream().break();
      vi.advanceTimersByTime(SILENT_MS / 2);
    }
    stream().send('events', { events: [], next: '7' });
    vi.advanceTimersByTime(2 * SILENT_MS);
    expect([live.connection.value, asked()]).toEqual(['live', []]);
  });

  it('polls at once where the server refuses streams, and only so', () => {
    stream().break(FakeStream.CLOSED);
    expect(asked()).toEqual(['events', 'health']);
    vi.advanceTimersByTime(2 * SILENT_MS);
    expect(asked()).toEqual(['events', 'health']);
  });
});

it('a page that is paused does not say that the server does not answer: it does not ask', async () => {
  stream().break(FakeStream.CLOSED);
  await requests[0]?.fail();
  expect([live.connection.value, state.serverFailure.value?.code]).toEqual(['offline', 'inbox_unavailable']);
  live.paused.value = true;
  expect([live.connection.value, state.serverFailure.value]).toEqual(['paused', undefined]);
});
