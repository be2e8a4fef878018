import type { FeedRow } from '@call-status/core/inbox';
import type { StreamMessages } from '../api/types.ts';
import type { CallId, Keys } from '../privacy/keys.ts';
import { streamEventOf } from './stream-event.ts';

/** A tab that has more than this to read, in bytes, is too slow: it loses its connection, and continues where it was. */
const MOST_UNREAD = 256 * 1024;

/** Browsers reconnect after so many milliseconds. */
const RETRY_MS = 2000;

/** The server-sent events of one tab. */
export class Stream {
  readonly response: Response;
  readonly openedAt: number = performance.now();
  readonly #keys: Keys;
  readonly #isRevealed: boolean;
  readonly #onClosed: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #seen = new Set<string>();
  #wanted = (): void => {};

  constructor(keys: Keys, isRevealed: boolean, onClosed: () => void) {
    this.#keys = keys;
    this.#isRevealed = isRevealed;
    this.#onClosed = onClosed;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#wanted(),
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD }),
    );
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    };
    this.response = new Response(body, { headers });
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  get isOpen(): boolean {
    return this.#controller !== undefined;
  }

  /** Events that were recorded before the tab came, and the place in the feed after them. */
  earlier(rows: readonly FeedRow[], next: string): void {
    for (const { event } of rows) this.#seen.add(event.id);
    this.#send(rows, next);
  }

  /** Events of the shared poll, which may be some of those again. */
  events(rows: readonly FeedRow[], next: string): void {
    const fresh = rows.filter(({ event }) => !this.#seen.has(event.id));
    if (fresh.length > 0) this.#send(fresh, next);
  }

  /** The shared poll has passed all that was sent. */
  forgetEarlier(): void {
    this.#seen.clear();
  }

  message<Name extends keyof StreamMessages>(name: Name, data: StreamMessages[Name], id?: string): void {
    const place = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${place}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A call was erased: the tab must not go on showing it. */
  erased(call: CallId): void {
    this.message('erased', { key: this.#keys.ofCall(call, this.#isRevealed) });
  }

  /** Keeps proxies from closing a silent connection. */
  heartbeat(): void {
    this.#write(':\n\n');
  }

  /** Resolves once the tab has read most of what was written, or is gone. */
  async isRead(): Promise<void> {
    while ((this.#controller?.desiredSize ?? MOST_UNREAD) < MOST_UNREAD / 2) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
  }

  close(): void {
    this.#controller?.close();
    this.#end();
  }

  #send(rows: readonly FeedRow[], next: string): void {
    const events = rows.map(({ event }) => streamEventOf(event, this.#keys, this.#isRevealed));
    this.message('events', { events, next }, next);
  }

  #write(text: string): void {
    if (this.#controller === undefined) return;
    this.#controller.enqueue(Buffer.from(text));
    if ((this.#controller.desiredSize as number) > 0) return;
    // Once closed, the stream would keep what is unread, and the connection, for as long as the tab likes.
    this.#controller.error(new Error('A live page of the board reads too slowly. It connects again.'));
    this.#end();
  }

  #end(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#wanted();
    this.#onClosed();
  }
}
