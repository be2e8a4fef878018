import type { Job } from '../inbox/inbox.ts';

/** How many events are remembered; the oldest are dropped. */
const MOST = 1000;

/** What this process knows about attempts that ended without a result. The inbox knows how many, but not why. */
export class Interruptions {
  readonly #lost = new Map<string, Losses>();

  /**
   * This process lost the lease of an event.
   *
   * @param isCounted whether the inbox counts it as an interruption
   */
  lost(eventId: string, reason: string = 'Another worker took it.', isCounted = false): void {
    const losses = this.#lost.get(eventId) ?? { counted: 0, causes: new Map() };
    this.#lost.delete(eventId);
    this.#lost.set(eventId, losses);
    if (isCounted) losses.counted++;
    // It is the same cause, however long it lasted.
    const cause = reason.replace(/\d+/g, '');
    losses.causes.set(cause, { count: (losses.causes.get(cause)?.count ?? 0) + 1, reason });
    if (this.#lost.size > MOST) this.#lost.delete(this.#lost.keys().next().value as string);
  }

  forget(eventId: string): void {
    if (this.#lost.size > 0) this.#lost.delete(eventId);
  }

  /** In words; `undefined` if there was none. */
  describe({ event, attempt, interruptions }: Job): string | undefined {
    const lost = this.#lost.get(event.id);
    if (interruptions === 0 && lost === undefined) return undefined;
    const sentences: string[] = [];
    const elsewhere = interruptions - (lost?.counted ?? 0);
    if (elsewhere > 0) sentences.push(`${capital(times(elsewhere))} ${WITHOUT_RESULT}`);
    for (const { count, reason } of lost?.causes.values() ?? []) {
      sentences.push(`${capital(times(count))} this process lost the lease: ${reason}`);
    }
    if (attempt > 1) sentences.push(`Its handlers failed ${times(attempt - 1)}.`);
    return sentences.join(' ');
  }
}

const WITHOUT_RESULT =
  'an attempt began and had no result: the process died (a crash, out of memory, a kill), or another process lost the lease (its event loop was blocked, it was suspended, or it could not reach the inbox).';

/** The leases of one event that this process lost. */
interface Losses {
  /** How many of them the inbox counts as interruptions. */
  counted: number;
  /** How often for each cause, and the last reason. */
  readonly causes: Map<string, { readonly count: number; readonly reason: string }>;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
