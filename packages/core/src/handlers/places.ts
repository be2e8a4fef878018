import { CallStatusError } from '../errors.ts';
import type { Inbox, TakeRequest } from '../inbox/inbox.ts';
import { monotonicNow } from '../timer.ts';
import type { Attempt } from './attempt.ts';

/**
 * Limits how many events are handled at a time, in total and per provider. A few places are reserved for each provider, so that hanging
 * handlers of one do not stop the others.
 */
export class Places {
  readonly concurrency: number;
  /** How many each provider may use. */
  readonly #most: ReadonlyMap<string, number>;
  /** How many places are reserved for each provider. */
  readonly #reserved: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  /** @param most how many places each provider may use; may be infinite */
  constructor(concurrency: number, most: ReadonlyMap<string, number>) {
    this.concurrency = concurrency;
    this.#most = most;
    const share = Math.floor(concurrency / (4 * most.size));
    // A provider that is busy while the others are idle keeps at least half of the places.
    this.#reserved = concurrency >= 2 * most.size ? Math.max(1, share) : 0;
  }

  get taken(): number {
    return this.#total;
  }

  /** Providers whose events cannot start now. */
  get full(): readonly string[] {
    const { limit, limits = {} } = this.request;
    return [...this.#most.keys()].filter((provider) => limit === 0 || limits[provider] === 0);
  }

  /** How many jobs there is room for. */
  get request(): Pick<TakeRequest, 'limit' | 'limits'> {
    const limit = Math.max(0, this.concurrency - this.#total);
    const reserved = (provider: string): number => Math.max(0, this.#reserved - this.#takenBy(provider));
    const allReserved = [...this.#most.keys()].reduce((sum, provider) => sum + reserved(provider), 0);
    const room = ([provider, most]: readonly [string, number]): [string, number] => {
      const shared = limit - (allReserved - reserved(provider));
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

/** Quicker handlers are not the ones that keep the others waiting. */
const LONG_MS = 2000;

/** Reports once that slow handlers occupy all places, in total or of one provider, while events wait. */
export class FullPlaces {
  readonly #inbox: Pick<Inbox, 'health'>;
  readonly #report: (error: CallStatusError) => void;
  #isReported = false;
  #isAsking = false;

  constructor(inbox: Pick<Inbox, 'health'>, report: (error: CallStatusError) => void) {
    this.#inbox = inbox;
    this.#report = report;
  }

  /** Checks the running attempts; called periodically. */
  async look(places: Places, attempts: Iterable<Attempt>): Promise<void> {
    const { full } = places;
    if (full.length === 0) this.#isReported = false;
    const running = [...attempts].filter(({ isHandling, current }) => isHandling && current !== undefined);
    const isLong = running.some(({ startedAt }) => monotonicNow() - startedAt > LONG_MS);
    if (full.length === 0 || !isLong || this.#isReported || this.#isAsking) return;
    this.#isAsking = true;
    const due = await this.#due();
    this.#isAsking = false;
    if (due === 0) return;
    this.#isReported = true;
    this.#report(new CallStatusError('worker_full', { reason: `${due} events wait; ${describe(running)}.` }));
  }

  /** Other operations report a failing inbox. */
  async #due(): Promise<number> {
    try {
      return (await this.#inbox.health()).due;
    } catch {
      return 0;
    }
  }
}

/** `signalwire: onCompleted:billing runs 40 times, for up to 12 s`, the most frequent first. */
function describe(running: readonly Attempt[]): string {
  const groups = new Map<string, { count: number; since: number }>();
  for (const { job, current, startedAt } of running) {
    const key = `${job.event.provider}: ${current}`;
    const group = groups.get(key) ?? { count: 0, since: startedAt };
    groups.set(key, { count: group.count + 1, since: Math.min(group.since, startedAt) });
  }
  const seconds = (since: number): number => Math.round((monotonicNow() - since) / 1000);
  return [...groups]
    .sort(([, one], [, other]) => other.count - one.count)
    .slice(0, 5)
    .map(([key, { count, since }]) => `${key} runs ${count} times, for up to ${seconds(since)} s`)
    .join('; ');
}
