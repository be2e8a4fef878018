import { isRequested } from '../inbox/request-reconcile.ts';
import type { ReconcileRequest, Watch, WatchedCall, Watches, WatchUpdate } from '../inbox/watches.ts';
import type { Timers } from '../timer.ts';
import type { Step } from './check.ts';
import type { Notices } from './notices.ts';

/** What telling needs from the reconciler. */
export interface TellingOptions {
  readonly watches: Watches;
  readonly notices: Notices;
  readonly timers: Timers;
  /** Whether this process is still the one that tells. */
  readonly goesOn: () => boolean;
  /** A watched call may be due after this time. */
  readonly wakeIn: (ms: number) => void;
}

/** A notice that is to be delivered. */
export type Tell = Extract<Step, { readonly do: 'tell' }>;

/** Calls that the application is told of at a time. */
const MOST_AT_ONCE = 8;
/** Calls in memory, with those that wait. */
const MOST_CALLS = 200;
/** Calls that find no room come back one after the other, and some at a time. */
const [SPACING_MS, GROUP_MS] = [20, 1000];

/** Tells the application of calls beside the checks, so that a handler that hangs keeps no other call from being asked for. */
export class Telling {
  readonly #options: TellingOptions;
  readonly #calls = new Set<string>();
  readonly #waiting: { readonly watch: Watch; readonly step: Tell }[] = [];
  readonly #running = new Set<Promise<void>>();
  #lastBackAt = 0;
  #failure: { readonly cause: unknown } | undefined;

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** The present calls. They stay due until the application has been told. */
  get calls(): ReadonlySet<string> {
    return new Set(this.#calls);
  }

  /** Does not wait for the handlers. Returns `false` if too many calls wait for them. */
  add(watch: Watch, step: Tell): boolean {
    if (this.#calls.size >= MOST_CALLS) return false;
    this.#calls.add(keyOf(watch));
    this.#waiting.push({ watch, step });
    this.#next();
    return true;
  }

  /** Milliseconds until a call that found no room comes back. */
  comesBackInMs(): number {
    const now = this.#options.timers.now();
    this.#lastBackAt = Math.max(now, this.#lastBackAt) + SPACING_MS;
    return Math.ceil((this.#lastBackAt - now) / GROUP_MS) * GROUP_MS;
  }

  /** Throws what the inbox failed with since the last time. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.cause;
  }

  /** Resolves once no call is left. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #next(): void {
    const next = this.#running.size < MOST_AT_ONCE ? this.#waiting.shift() : undefined;
    if (next === undefined) return;
    const running = this.#tell(next.watch, next.step).then(() => {
      this.#running.delete(running);
      this.#calls.delete(keyOf(next.watch));
      this.#next();
    });
    this.#running.add(running);
  }

  async #tell(watch: Watch, step: Tell): Promise<void> {
    const { watches, notices, goesOn, wakeIn } = this.#options;
    if (!goesOn()) return;
    try {
      const now = await watches.get(watch);
      const isUnchanged = now?.revision === watch.revision && now.call?.lastEventAt === watch.call?.lastEventAt;
      // An event came while the provider or a handler took its time: the call is looked at again.
      if (!isUnchanged) wakeIn(0);
      if (!isUnchanged || !goesOn()) return;
      const told = await notices.tell(watch, step.reason, step.progress);
      if (told === undefined) return;
      const { progress, retryInMs: dueInMs = step.dueInMs } = told;
      wakeIn(await this.#store(watch, { dueInMs, progress }));
    } catch (cause) {
      this.#failure = { cause };
    }
  }

  /**
   * What a notice came to must be stored, or it would be delivered again: also if someone had the provider asked while a handler ran. Resolves
   * to when the call is checked next.
   */
  async #store(watch: Watch, update: WatchUpdate): Promise<number> {
    const { watches } = this.#options;
    if (await watches.update(watch, update)) return update.dueInMs;
    const now = await watches.get(watch);
    if (now !== undefined && isRequested(now.progress) && now.since === watch.since) {
      const request = now.progress.request as ReconcileRequest;
      await watches.update(now, { dueInMs: 0, progress: { ...update.progress, request } });
    }
    return 0;
  }
}

/** What identifies a call that is told. */
export function keyOf({ provider, tenant, callId }: WatchedCall): string {
  return JSON.stringify([provider, tenant, callId]);
}
