import type { Inbox } from '@call-status/core';
import type { FeedPage } from '@call-status/core/inbox';
import { BoardFailure } from '../http/failure.ts';
import type { CallId, Keys } from '../privacy/keys.ts';
import { Broadcast, type Sources } from './broadcast.ts';
import { readFeed } from './feed.ts';
import { Stream } from './stream.ts';

const MOST_STREAMS = 100;

/** The live streams of all tabs. */
export class Live {
  readonly #sources: Sources;
  readonly #keys: Keys;
  /** The oldest first. With their requests: Node does not abort a request that was garbage collected. */
  readonly #streams = new Map<Stream, { readonly owner: string; readonly request: Request }>();
  #broadcast: Broadcast | undefined;
  #isClosed = false;

  constructor(sources: Sources, keys: Keys) {
    this.#sources = sources;
    this.#keys = keys;
  }

  get #inbox(): Inbox {
    return this.#sources.inbox;
  }

  /** A part of the feed, for a page that polls. */
  read(after: string, limit: number): Promise<FeedPage> {
    return readFeed(this.#inbox, after, limit);
  }

  /**
   * @param owner who opens it
   * @throws BoardFailure 503 if there are too many streams, or the board is closed; CallStatusError of the inbox
   */
  async open(request: Request, isRevealed: boolean, owner: string): Promise<Response> {
    const { next } = await this.read('end', 1);
    if (this.#isClosed) throw new BoardFailure(503, 'closed', 'The board is closed.');
    if (this.#streams.size >= MOST_STREAMS && !this.#makeRoomFor(owner)) {
      throw new BoardFailure(503, 'too_many_streams', `There are ${MOST_STREAMS} open streams. Close other tabs.`);
    }
    const stream: Stream = new Stream(this.#keys, isRevealed, () => this.#closed(stream));
    this.#streams.set(stream, { owner, request });
    this.#broadcast ??= new Broadcast(this.#sources, next);
    this.#broadcast.add(stream, request.headers.get('last-event-id') || undefined);
    request.signal.addEventListener('abort', () => stream.close(), { once: true });
    if (request.signal.aborted) stream.close();
    return stream.response;
  }

  /** Ends the oldest stream of the owner with the most, so that one cannot shut out the others; `false` if that would be unfair. */
  #makeRoomFor(owner: string): boolean {
    const counts = new Map<string, number>();
    for (const entry of this.#streams.values()) counts.set(entry.owner, (counts.get(entry.owner) ?? 0) + 1);
    const most = Math.max(...counts.values());
    if (most < (counts.get(owner) ?? 0) + 2) return false;
    const [oldest] = [...this.#streams].find(([, entry]) => counts.get(entry.owner) === most) as [Stream, unknown];
    oldest.close();
    return true;
  }

  /** Tells all tabs that a call was erased, which is no event. */
  erased(call: CallId): void {
    this.#broadcast?.erased(call);
  }

  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams.keys()) stream.close();
  }

  #closed(stream: Stream): void {
    this.#streams.delete(stream);
    this.#broadcast?.remove(stream);
    if (this.#streams.size > 0) return;
    this.#broadcast?.stop();
    this.#broadcast = undefined;
  }
}
