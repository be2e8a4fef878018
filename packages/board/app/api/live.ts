import { effect, signal } from '@preact/signals';
import type { HealthPage, StreamEvent, StreamMessages } from '../../src/api/types.ts';
import { get, toFailure } from './client.ts';
import { health, serverFailure } from './state.ts';

/** Set by the visitor. */
export const paused = signal(false);
/** `polling`: something between the server and the browser does not let streams through. */
export const connection = signal<'connecting' | 'live' | 'polling' | 'offline' | 'paused'>('connecting');

/** The events that came. Without events, anything may have changed. */
type Listener = (events?: readonly StreamEvent[]) => void;
const listeners = new Set<Listener>();

/** Calls it for all that happens from now on. Returns what ends that. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells all pages what changed. Without events, they ask for everything again, as after a write. */
export function changed(events?: readonly StreamEvent[]): void {
  for (const listener of listeners) listener(events);
}

/** The newest call that was erased, here or in another tab. It is no event. */
export const erased = signal<StreamMessages['erased'] | undefined>(undefined);

/** Follows the feed while the page is visible and not paused. */
export function startLive(): void {
  const visible = signal(!document.hidden);
  document.addEventListener('visibilitychange', () => {
    visible.value = !document.hidden;
  });
  effect(() => {
    connection.value = paused.value ? 'paused' : 'connecting';
    return !paused.value && visible.value ? follow() : undefined;
  });
}

const POLL_MS = 5000;
/** After so many polls, the stream is tried again. */
const POLLS = 12;
/** A stream begins with a message. Without it for so long, something between holds the stream back. */
const SILENT_MS = 10_000;

/** Streams, or polls where no stream comes through. Returns what ends it. */
function follow(): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout>;
  let place = '';
  let ended = false;

  function stream(): void {
    source = new EventSource('api/stream');
    let isNew = true;
    waitForMessage();
    source.onerror = () => {
      connection.value = 'offline';
      clearTimeout(timer);
      // The browser does not reconnect after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) void poll(POLLS);
      else waitForMessage();
    };
    listen(source, 'events', (message) => {
      clearTimeout(timer);
      connection.value = 'live';
      serverFailure.value = undefined;
      // The browser reconnects where the stream broke. A new stream begins now, and what was before is unknown.
      if (isNew) changed();
      isNew = false;
      receive(message);
    });
    listen(source, 'health', (message) => {
      health.value = message;
    });
    listen(source, 'erased', (message) => {
      erased.value = message;
    });
    listen(source, 'missed', () => changed());
  }

  function waitForMessage(): void {
    timer = setTimeout(() => {
      source.close();
      void poll(POLLS);
    }, SILENT_MS);
  }

  function receive({ events, next }: StreamMessages['events']): void {
    place = next;
    if (events.length > 0) changed(events);
  }

  async function poll(left: number): Promise<void> {
    try {
      const isFirstPoll = place === '';
      const [page, counts] = await Promise.all([
        get<StreamMessages['events'] & { readonly missed?: true }>('events', { after: place }),
        get<HealthPage>('health'),
      ]);
      if (ended) return;
      health.value = counts;
      connection.value = 'polling';
      serverFailure.value = undefined;
      if (isFirstPoll || page.missed) changed();
      receive(page);
      timer = setTimeout(() => (left > 0 ? void poll(left - 1) : stream()), POLL_MS);
    } catch (error) {
      if (ended) return;
      connection.value = 'offline';
      serverFailure.value = toFailure(error);
      // Once the server answers again, it may also stream.
      timer = setTimeout(stream, POLL_MS);
    }
  }

  stream();
  return () => {
    ended = true;
    source.close();
    clearTimeout(timer);
    // Nothing asks the server any more, so nothing would take this back.
    serverFailure.value = undefined;
  };
}

function listen<Name extends keyof StreamMessages>(
  source: EventSource,
  name: Name,
  receive: (message: StreamMessages[Name]) => void,
): void {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => receive(JSON.parse(data) as StreamMessages[Name]));
}
