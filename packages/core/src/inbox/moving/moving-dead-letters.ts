import type { DeadLetter, DeadLetterGroup, DeadLetterQuery, DeadLetters, Page, PageQuery } from '../queries.ts';
import type { Mover } from './mover.ts';

type Query = Omit<DeadLetterQuery, keyof PageQuery>;

/** The dead letters of a new inbox. One that is still in the old inbox is moved, with its call, when it is asked for. */
export class MovingDeadLetters implements DeadLetters {
  readonly #from: DeadLetters;
  readonly #to: DeadLetters;
  readonly #mover: Mover;

  constructor(from: DeadLetters, to: DeadLetters, mover: Mover) {
    this.#from = from;
    this.#to = to;
    this.#mover = mover;
  }

  get(eventId: string): Promise<DeadLetter | undefined> {
    return this.#after(eventId, () => this.#to.get(eventId));
  }

  replay(eventId: string): Promise<boolean> {
    return this.#after(eventId, () => this.#to.replay(eventId));
  }

  discard(eventId: string): Promise<boolean> {
    return this.#after(eventId, () => this.#to.discard(eventId));
  }

  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>> {
    return this.#to.list(query);
  }

  replayAll(query?: Query): Promise<number> {
    return this.#to.replayAll(query);
  }

  groups(query?: Query): Promise<readonly DeadLetterGroup[]> {
    return this.#to.groups(query);
  }

  async #after<T>(eventId: string, operation: () => Promise<T>): Promise<T> {
    const letter = this.#mover.isDone ? undefined : await this.#from.get(eventId);
    return letter === undefined ? operation() : this.#mover.after(letter.event, operation);
  }
}
