import { checkOptions } from '../../rules/check-options.ts';
import type { DeadLetter, DeadLetterQuery, DeadLetters, Page } from '../inbox.ts';
import type { DeadLetterGroup, PageQuery } from '../queries.ts';
import { timeRange } from '../query-rules.ts';
import { errorGroupOf } from '../rows/error-group.ts';
import { detached, sizeOfText } from './bytes.ts';
import type { CallQueue, QueuedJob } from './call-queue.ts';
import type { KeptCalls } from './calls/kept-calls.ts';
import { type Entry, SerialLog } from './calls/serial-log.ts';
import { inSteps, isWithin, pageOf, QUERIES } from './reading/pages.ts';

const MOST_GROUPS = 100;

/** In characters; a short one if there is no room for it. */
const LONGEST_ERROR = 10_000;
const SHORT_ERROR = 200;

/** Which dead letters to replay. */
type ReplayQuery = Omit<DeadLetterQuery, keyof PageQuery>;

/** The dead letters of a memory inbox. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #byEvent = new Map<string, Entry<StoredDeadLetter>>();
  readonly #inOrder = new SerialLog<StoredDeadLetter>();
  readonly #calls: KeptCalls;
  readonly #onReplay: (job: QueuedJob) => void;
  #serial = 0;

  /** @param onReplay called with an event that is no longer a dead letter and has to be handled again */
  constructor(calls: KeptCalls, onReplay: (job: QueuedJob) => void) {
    this.#calls = calls;
    this.#onReplay = onReplay;
  }

  get size(): number {
    return this.#byEvent.size;
  }

  /** The text of the error is cut. */
  add(job: QueuedJob, { error: text, handler, deadAt }: Death): void {
    const longest = sizeOfText(text) <= this.#calls.room ? LONGEST_ERROR : SHORT_ERROR;
    const error = detached(text.slice(0, longest));
    const group = errorGroupOf(error);
    const letter = {
      event: job.event,
      attempts: job.failures,
      error,
      ...(handler !== undefined && { handler }),
      deadAt,
    };
    this.#byEvent.set(job.event.id, this.#inOrder.append({ job, letter, group }, ++this.#serial));
    job.queue.dead++;
    this.#calls.addBytes(job.queue, sizeOfText(error) + sizeOfText(group));
  }

  /** Forgets the dead letters of a call. */
  removeAll(queue: CallQueue): void {
    if (queue.dead > 0) for (const id of queue.eventIds) this.#remove(id);
  }

  async list(query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
    checkOptions('query', query, QUERIES.deadLetters);
    const matches = matching(query);
    return pageOf(this.#inOrder, query, matches, ({ letter }) => letter);
  }

  async get(eventId: string): Promise<DeadLetter | undefined> {
    return this.find(eventId)?.letter;
  }

  find(eventId: string): StoredDeadLetter | undefined {
    return this.#byEvent.get(eventId)?.item;
  }

  async replay(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead !== undefined) this.#onReplay(dead.job);
    return dead !== undefined;
  }

  async replayAll(query: ReplayQuery = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    const all = this.#inOrder.after(0, this.#inOrder.size).map(({ item }) => item);
    const found = all.filter(matching(query));
    for (const dead of found) {
      this.#remove(dead.job.event.id);
      this.#onReplay(dead.job);
    }
    return found.length;
  }

  async discard(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead === undefined) return false;
    const { queue } = dead.job;
    if (queue.head === undefined) this.#calls.markIdle(queue);
    return true;
  }

  async groups(query: ReplayQuery = {}): Promise<readonly DeadLetterGroup[]> {
    checkOptions('query', query, QUERIES.replayAll);
    const matches = matching(query);
    const groups = new Map<string, DeadLetterGroup>();
    for await (const entries of inSteps(this.#inOrder)) {
      for (const { letter, group } of entries.map(({ item }) => item).filter(matches)) {
        const { provider } = letter.event;
        const key = `${provider}\0${group}`;
        const { count, lastDeadAt } = groups.get(key) ?? { count: 0, lastDeadAt: letter.deadAt };
        groups.set(key, { provider, error: group, count: count + 1, firstDeadAt: letter.deadAt, lastDeadAt });
      }
    }
    return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, MOST_GROUPS);
  }

  #remove(eventId: string): StoredDeadLetter | undefined {
    const entry = this.#byEvent.get(eventId);
    if (entry === undefined) return undefined;
    const dead = entry.item;
    this.#byEvent.delete(eventId);
    this.#inOrder.remove(entry);
    const { job, letter, group } = dead;
    job.queue.dead--;
    this.#calls.addBytes(job.queue, -sizeOfText(letter.error) - sizeOfText(group));
    return dead;
  }
}

/** How an event became a dead letter. */
interface Death extends Pick<DeadLetter, 'error' | 'deadAt'> {
  readonly handler: string | undefined;
}

/** An event that is a dead letter. */
export interface StoredDeadLetter {
  readonly job: QueuedJob;
  readonly letter: DeadLetter;
  readonly group: string;
}

function matching({ provider, error, ...times }: ReplayQuery): (dead: StoredDeadLetter) => boolean {
  const range = timeRange(times);
  return ({ group, letter: { event, deadAt } }) =>
    (provider === undefined || event.provider === provider) &&
    (error === undefined || group === error) &&
    isWithin(deadAt, range);
}
