import { CallStatusError, type ErrorCode } from '../errors.ts';

/** Who uses the inbox: callbacks are recorded, a worker takes jobs and reports results, and the reconciler looks after watched calls. */
export type InboxUser = 'callbacks' | 'worker' | 'reconciler';

/** A shorter failure ends with the next attempt or so, and has no line about its end, in milliseconds. */
const SHORT_MS = 2000;

/** One failure of the inbox, however often it is noticed. */
export class Outage {
  readonly #now: () => number;
  readonly #report: (error: CallStatusError) => void;
  #since: number | undefined;
  readonly #codes = new Set<ErrorCode>();
  readonly #users = new Set<InboxUser>();

  /** @param now a monotonic clock */
  constructor(now: () => number, report: (error: CallStatusError) => void) {
    this.#now = now;
    this.#report = report;
  }

  /** Returns whether this is the first failure of its kind since the inbox worked. */
  failed(user: InboxUser, { code }: CallStatusError): boolean {
    this.#since ??= this.#now();
    this.#users.add(user);
    const isNew = !this.#codes.has(code);
    this.#codes.add(code);
    return isNew;
  }

  /** Costs nothing while the inbox works. A worker that finds no jobs does not prove that events can be recorded. */
  worked(user: InboxUser): void {
    if (this.#since === undefined || !(user === 'callbacks' || this.#users.has(user))) return;
    const ms = this.#now() - this.#since;
    this.#since = undefined;
    this.#codes.clear();
    this.#users.clear();
    if (ms < SHORT_MS) return;
    const reason = `It first failed ${Math.round(ms / 1000)} s ago.`;
    this.#report(new CallStatusError('inbox_recovered', { reason }));
  }
}
