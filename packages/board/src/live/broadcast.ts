import type { Inbox } from '@call-status/core';
import type { FeedPage } from '@call-status/core/inbox';
import type { BoardLog } from '../board-log.ts';
import type { CallId } from '../privacy/keys.ts';
import { readFeed } from './feed.ts';
import type { HealthReader } from './health-reader.ts';
import type { Stream } from './stream.ts';

const POLL_MS = 500;
const HEALTH_MS = 5000;
const HEARTBEAT_MS = 15_000;

/** A stream ends after so long: the browser reconnects, so that someone who may no longer see the board does not. */
const LONGEST_MS = 900_000;

const ROWS = 500;

/** A tab that is further behind loads everything again. */
const MOST_PAGES = 20;

/** What streams are made of. */
export interface Sources {
  readonly inbox: Inbox;
  readonly health: HealthReader;
  readonly log: BoardLog;
}

/**
 * What becomes of the pages of the poll. A tab that reads what it missed gets none: those that are polled during its read are held. While it
 * does not read, they are passed over, since its next read has them.
 */
type Take = 'send' | 'pass' | FeedPage[];

/** Follows the feed for all tabs with one poll, from the first tab until the last one is gone. */
export class Broadcast {
  readonly #sources: Sources;
  readonly #streams = new Map<Stream, Take>();
  readonly #timers: readonly NodeJS.Timeout[];
  #place: string;
  #isPolling = false;
  #isFailing = false;

  /** @param place the end of the feed */
  constructor(sources: Sources, place: string) {
    this.#sources = sources;
    this.#place = place;
    this.#timers = [
      setInterval(() => this.#poll(), POLL_MS),
      setInterval(() => this.#sendHealth(), HEALTH_MS),
      setInterval(() => this.#keepAlive(), HEARTBEAT_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** @param last where the tab was, if it was there before */
  add(stream: Stream, last: string | undefined): void {
    this.#streams.set(stream, 'send');
    if (last === undefined) stream.earlier([], this.#place);
    else void this.#catchUp(stream, last);
    void this.#sendHealth(stream);
  }

  remove(stream: Stream): void {
    this.#streams.delete(stream);
  }

  erased(call: CallId): void {
    for (const stream of this.#streams.keys()) stream.erased(call);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Sends a tab what it missed, until it is where the poll is. */
  async #catchUp(stream: Stream, last: string): Promise<void> {
    try {
      let place = last;
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const held: FeedPage[] = [];
        if (!stream.isOpen) return;
        this.#streams.set(stream, held);
        const page = await readFeed(this.#sources.inbox, place, ROWS);
        place = page.next;
        if (page.missed) stream.message('missed', {}, place);
        stream.earlier(page.rows, place);
        if (page.rows.length < ROWS) return this.#join(stream, held);
        // Held for a tab that reads slowly, they would fill the memory.
        this.#pass(stream);
        await stream.isRead();
      }
      stream.message('missed', {}, this.#place);
      this.#join(stream, []);
    } catch {
      // It reconnects, and continues where it is.
      stream.close();
    }
  }

  #join(stream: Stream, held: readonly FeedPage[]): void {
    if (!stream.isOpen) return;
    this.#streams.set(stream, 'send');
    for (const page of held) sendPage(stream, page);
  }

  #pass(stream: Stream): void {
    if (stream.isOpen) this.#streams.set(stream, 'pass');
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    const before = [...this.#streams].filter(([, take]) => take === 'send').map(([stream]) => stream);
    try {
      let page: FeedPage;
      do {
        page = await readFeed(this.#sources.inbox, this.#place, ROWS);
        this.#place = page.next;
        for (const [stream, take] of this.#streams) {
          if (take === 'send') sendPage(stream, page);
          else if (take !== 'pass') take.push(page);
        }
      } while (page.rows.length === ROWS);
      for (const stream of before) stream.forgetEarlier();
      this.#isFailing = false;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isPolling = false;
    }
  }

  /** To one, or to all. */
  async #sendHealth(only?: Stream): Promise<void> {
    try {
      const page = await this.#sources.health.read();
      for (const stream of only ? [only] : this.#streams.keys()) stream.message('health', page);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Said once: the next reads of the page say it again. */
  #failed(error: unknown): void {
    if (!this.#isFailing)
      this.#sources.log.failed('warn', error, 'The board cannot read the inbox for its live pages.');
    this.#isFailing = true;
  }

  #keepAlive(): void {
    for (const stream of this.#streams.keys()) {
      if (performance.now() - stream.openedAt > LONGEST_MS) stream.close();
      else stream.heartbeat();
    }
  }
}

function sendPage(stream: Stream, { rows, next, missed }: FeedPage): void {
  if (missed) stream.message('missed', {}, next);
  stream.events(rows, next);
}
