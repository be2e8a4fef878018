import type { TakeRequest } from '../inbox/inbox.ts';

/**
 * How many events are handled at once: in all, and of each provider. A few places are kept for each provider, so that one whose handlers
 * hang does not stop the others.
 */
export class Places {
  readonly #concurrency: number;
  /** What one provider may use at most, by its name. */
  readonly #most: ReadonlyMap<string, number>;
  /** Places of each provider that the others leave free. */
  readonly #kept: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  /** @param most what each provider may use at most; may be infinite */
  constructor(concurrency: number, most: ReadonlyMap<string, number>) {
    this.#concurrency = concurrency;
    this.#most = most;
    const share = Math.floor(concurrency / (4 * most.size));
    this.#kept = concurrency >= most.size ? Math.max(1, share) : 0;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#total;
  }

  /** Providers of which no more can start now. */
  get full(): readonly string[] {
    const { limit, limits = {} } = this.request;
    return [...this.#most.keys()].filter((provider) => limit === 0 || limits[provider] === 0);
  }

  /** How much work there is room for. */
  get request(): Pick<TakeRequest, 'limit' | 'limits'> {
    const limit = Math.max(0, this.#concurrency - this.#total);
    const kept = (provider: string): number => Math.max(0, this.#kept - this.#takenBy(provider));
    const allKept = [...this.#most.keys()].reduce((sum, provider) => sum + kept(provider), 0);
    const room = ([provider, most]: readonly [string, number]): [string, number] => {
      const shared = limit - (allKept - kept(provider));
      return [provider, Math.max(0, Math.min(limit, shared, most - this.#takenBy(provider)))];
    };
    return { limit, limits: Object.fromEntries([...this.#most].map(room)) };
  }

  enter(provider: string): void {
    this.#taken.set(provider, this.#takenBy(provider) + 1);
    this.#total++;
  }

  leave(provider: string): void {
    this.#taken.set(provider, this.#takenBy(provider) - 1);
    this.#total--;
  }

  #takenBy(provider: string): number {
    return this.#taken.get(provider) ?? 0;
  }
}
