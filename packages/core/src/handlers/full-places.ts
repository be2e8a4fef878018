import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { monotonicNow } from '../timer.ts';
import type { Attempt } from './attempt.ts';
import type { Places } from './places.ts';

/** Handlers that take less than this are not what keeps the others waiting. */
const LONG_MS = 2000;

/** Says once that handlers which take long occupy all places, of one provider or in all, while events wait. */
export class FullPlaces {
  readonly #inbox: Pick<Inbox, 'health'>;
  readonly #report: (error: CallStatusError) => void;
  #isTold = false;
  #isAsking = false;

  constructor(inbox: Pick<Inbox, 'health'>, report: (error: CallStatusError) => void) {
    this.#inbox = inbox;
    this.#report = report;
  }

  /** Looks at what runs; from time to time. */
  async look(places: Places, attempts: Iterable<Attempt>): Promise<void> {
    const { full } = places;
    if (full.length === 0) this.#isTold = false;
    const running = [...attempts].filter(({ isHandling, current }) => isHandling && current !== undefined);
    const isLong = running.some(({ startedAt }) => monotonicNow() - startedAt > LONG_MS);
    if (full.length === 0 || !isLong || this.#isTold || this.#isAsking) return;
    this.#isAsking = true;
    const due = await this.#due();
    this.#isAsking = false;
    if (due === 0) return;
    this.#isTold = true;
    this.#report(new CallStatusError('worker_full', { reason: `${due} events wait; ${describe(running)}.` }));
  }

  /** An inbox that fails is reported by whatever else is asked of it. */
  async #due(): Promise<number> {
    try {
      return (await this.#inbox.health()).due;
    } catch {
      return 0;
    }
  }
}

/** `signalwire: 40 x onCompleted:billing for up to 12 s`, the most frequent first. */
function describe(running: readonly Attempt[]): string {
  const groups = new Map<string, { count: number; since: number }>();
  for (const { work, current, startedAt } of running) {
    const key = `${work.event.provider}: ${current}`;
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
