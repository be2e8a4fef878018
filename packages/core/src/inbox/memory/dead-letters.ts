import { checkOptions } from '../../rules/check-options.ts';
import type { DeadLetter, DeadLetterQuery, DeadLetters, Page } from '../inbox.ts';
import { timeRange } from '../query-rules.ts';
import type { CallQueue, QueuedJob } from './call-queue.ts';
import { LinkedList, Node } from './linked-list.ts';
import { isWithin, pageOf, QUERIES } from './pages.ts';

/** Which dead letters to replay. */
type ReplayQuery = Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>;

/** Called with an event that is no longer a dead letter. */
export interface OnLeaving {
  replayed(dead: StoredDeadLetter): void;
  discarded(dead: StoredDeadLetter): void;
}

/** The dead letters of a memory inbox. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #byEvent = new Map<string, Node<StoredDeadLetter>>();
  readonly #inOrder = new LinkedList<StoredDeadLetter>();
  readonly #on: OnLeaving;
  #serial = 0;

  constructor(on: OnLeaving) {
    this.#on = on;
  }

  get size(): number {
    return this.#byEvent.size;
  }

  add(job: QueuedJob, letter: DeadLetter): void {
    const node = new Node({ job, letter, serial: ++this.#serial });
    this.#byEvent.set(job.event.id, node);
    this.#inOrder.append(node);
    job.queue.dead++;
  }

  /** Forgets the dead letters of a call. */
  removeAll(queue: CallQueue): void {
    if (queue.dead > 0) for (const id of queue.eventIds) this.#remove(id);
  }

  async list(query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
    checkOptions('query', query, QUERIES.deadLetters);
    const matches = matching(query);
    return pageOf(this.#inOrder.newestFirst(), query, matches, ({ letter }) => letter);
  }

  async get(eventId: string): Promise<DeadLetter | undefined> {
    return this.#byEvent.get(eventId)?.item.letter;
  }

  async replay(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead !== undefined) this.#on.replayed(dead);
    return dead !== undefined;
  }

  async replayAll(query: ReplayQuery = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    const found = [...this.#inOrder.oldestFirst()].filter(matching(query));
    for (const dead of found) {
      this.#remove(dead.job.event.id);
      this.#on.replayed(dead);
    }
    return found.length;
  }

  async discard(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead !== undefined) this.#on.discarded(dead);
    return dead !== undefined;
  }

  #remove(eventId: string): StoredDeadLetter | undefined {
    const node = this.#byEvent.get(eventId);
    if (node === undefined) return undefined;
    this.#byEvent.delete(eventId);
    node.leave();
    node.item.job.queue.dead--;
    return node.item;
  }
}

/** An event that is a dead letter. */
export interface StoredDeadLetter {
  readonly job: QueuedJob;
  readonly letter: DeadLetter;
  readonly serial: number;
}

function matching({ provider, ...times }: ReplayQuery): (dead: StoredDeadLetter) => boolean {
  const range = timeRange(times);
  return ({ letter: { event, deadAt } }) =>
    (provider === undefined || event.provider === provider) && isWithin(deadAt, range);
}
