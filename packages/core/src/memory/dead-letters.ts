import { checkOptions } from '../check-options.ts';
import type { DeadLetter, DeadLetterQuery, DeadLetters, Page } from '../inbox.ts';
import type { Job } from './job.ts';
import type { Lane } from './lane.ts';
import { isWithin, newestFirst, QUERIES } from './pages.ts';

/** What is to happen when an event is no dead letter any more. */
export interface OnLeaving {
  /** It is work again. */
  replayed(job: Job): void;
  /** It is done. */
  discarded(lane: Lane): void;
}

/** The dead letters of a memory inbox. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #dead = new Map<string, Dead>();
  readonly #on: OnLeaving;
  #serial = 0;

  constructor(on: OnLeaving) {
    this.#on = on;
  }

  get size(): number {
    return this.#dead.size;
  }

  add(job: Job, letter: DeadLetter): void {
    this.#dead.set(job.event.id, { job, letter, serial: ++this.#serial });
    job.lane.dead++;
  }

  /** Forgets those of a call that is forgotten. */
  removeAll(lane: Lane): void {
    if (lane.dead > 0) for (const id of lane.ids) this.#dead.delete(id);
    lane.dead = 0;
  }

  async list(query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
    checkOptions('query', query, QUERIES.deadLetters);
    return newestFirst(this.#find(query), query, ({ letter }) => letter);
  }

  async read(eventId: string): Promise<DeadLetter | undefined> {
    return this.#dead.get(eventId)?.letter;
  }

  async replay(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead !== undefined) this.#on.replayed(dead.job);
    return dead !== undefined;
  }

  async replayAll(query: Pick<DeadLetterQuery, 'provider' | 'since' | 'until'> = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    const found = this.#find(query);
    for (const { letter } of found) this.replay(letter.event.id);
    return found.length;
  }

  async discard(eventId: string): Promise<boolean> {
    const dead = this.#remove(eventId);
    if (dead !== undefined) this.#on.discarded(dead.job.lane);
    return dead !== undefined;
  }

  #remove(eventId: string): Dead | undefined {
    const dead = this.#dead.get(eventId);
    if (dead === undefined) return undefined;
    this.#dead.delete(eventId);
    dead.job.lane.dead--;
    return dead;
  }

  #find({ provider, since, until }: DeadLetterQuery): Dead[] {
    return [...this.#dead.values()].filter(
      ({ letter: { event, deadAt } }) =>
        (provider === undefined || event.provider === provider) && isWithin(deadAt, since, until),
    );
  }
}

interface Dead {
  readonly job: Job;
  readonly letter: DeadLetter;
  readonly serial: number;
}
