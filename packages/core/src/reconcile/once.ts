import type { AnyCallStatusEvent } from '../event.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { isRequested, requestReconcile } from '../inbox/request-reconcile.ts';
import type { ReconcileResult, Watch, WatchedCall } from '../inbox/watches.ts';
import { clearInterval, LONGEST_TIMER_MS, setInterval, type Timers } from '../timer.ts';
import { obstacleTo } from './ask/credentials.ts';
import type { Asker } from './asker.ts';
import { Checks, type ChecksOptions } from './checks.ts';
import { CAMPAIGN_MS, Leadership } from './leadership.ts';
import { keyOf } from './telling.ts';

/**
 * What came of asking about a call.
 *
 * - `recorded`: the provider's answer became an event.
 * - `complete`: the call has ended, and nothing is lacking, so the provider was not asked.
 * - `gone`: the inbox has no such call, or no longer.
 * - all others: why there is no event.
 */
export type AskedResult = 'recorded' | 'complete' | 'gone' | ReconcileResult;

/** A call about which its provider was asked. */
export interface AskedCall extends WatchedCall {
  /** What came of it. */
  readonly result: AskedResult;
  /** The event that was recorded. */
  readonly event?: AnyCallStatusEvent;
  /** The status of the provider's answer, if it was an error and there was an answer. */
  readonly httpStatus?: number;
}

/** What asking once needs. */
export interface OnceOptions extends Omit<ChecksOptions, 'telling' | 'watches'> {
  readonly inbox: Inbox;
  readonly timers: Timers;
  readonly owner: string;
  /** Called each time this process takes over from another, so that rate limits begin without credit. */
  readonly makeAsker: () => Asker;
}

/** A call that waits for its answer. */
interface Pending {
  readonly call: WatchedCall;
  /** By the clock of the timers. */
  askAt: number;
  /** Whether this process asks, also if another one looks after calls. */
  isOwn: boolean;
}

/** Calls that are noted in the inbox at a time. If this process dies, another one asks about them. */
const MOST_PENDING = 40;

/** How long a call that this process asks about is kept from the one that looks after calls, in milliseconds. */
const OWN_MS = 60_000;

/** What another process says that cannot ask. */
const LACKING: ReadonlySet<AskedResult> = new Set(['no_credentials', 'no_api']);

/** How often to look for an answer, in milliseconds. */
const POLL_MS = 1000;

/** No notices are delivered here: the process that has the handlers does that later. */
const NO_TELLING: ChecksOptions['telling'] = { add: () => false, comesBackInMs: () => 0 };

/**
 * Asks about calls once: itself, if no other process looks after the calls of the inbox, or that one has no credentials; else by that
 * process, so that a rate limit is not used twice.
 */
export class Once {
  readonly #options: OnceOptions;
  readonly #leadership: Leadership;
  readonly #checks: Checks;
  readonly #pending = new Map<string, Pending>();
  #asker: Asker | undefined;
  #led = false;

  constructor(options: OnceOptions) {
    const { inbox, timers, owner } = options;
    const { watches } = inbox;
    this.#options = options;
    this.#leadership = new Leadership(watches, owner, timers);
    const noting: ChecksOptions['watches'] = {
      get: (call) => watches.get(call),
      remove: (watch) => watches.remove(watch),
      update: (watch, update) => {
        const pending = this.#pending.get(keyOf(watch)) as Pending;
        // The clock of the inbox may differ.
        pending.askAt = timers.now() + update.dueInMs;
        const dueInMs = update.dueInMs + (pending.isOwn && isRequested(update.progress) ? OWN_MS : 0);
        return watches.update(watch, { ...update, dueInMs });
      },
    };
    this.#checks = new Checks({ ...options, watches: noting, telling: NO_TELLING });
  }

  /** Yields the calls as their answers come. */
  async *run(calls: Iterable<WatchedCall> | AsyncIterable<WatchedCall>): AsyncGenerator<AskedCall> {
    const { timers, inbox, providers, clock } = this.#options;
    // What fails shows at the next turn.
    const stopCampaign = timers.every(CAMPAIGN_MS, () => void Promise.allSettled([this.#leadership.campaign()]));
    // The timers do not keep the process alive.
    const keepAlive = setInterval(() => {}, LONGEST_TIMER_MS);
    try {
      for await (const { provider, tenant, callId } of calls) {
        const call = { provider, ...(tenant !== undefined && { tenant }), callId };
        const decision = obstacleTo(provider, providers) ?? (await requestReconcile(inbox, call, clock()));
        if (decision === 'requested') this.#pending.set(keyOf(call), { call, askAt: timers.now(), isOwn: false });
        else yield { ...call, result: decision === 'not_found' ? 'gone' : decision };
        while (this.#pending.size >= MOST_PENDING) yield* this.#turn();
      }
      while (this.#pending.size > 0) yield* this.#turn();
    } finally {
      stopCampaign();
      clearInterval(keepAlive);
      this.#asker?.close();
      await this.#leadership.resign();
    }
  }

  async *#turn(): AsyncGenerator<AskedCall> {
    const { inbox, timers, makeAsker } = this.#options;
    const leads = await this.#campaign();
    const due: Watch[] = [];
    for (const [key, pending] of this.#pending) {
      const watch = await inbox.watches.get(pending.call);
      if (watch !== undefined && isRequested(watch.progress)) {
        if (pending.askAt <= timers.now() && (leads || pending.isOwn)) due.push(watch);
        continue;
      }
      const outcome = await this.#outcomeOf(pending.call, watch);
      if (watch !== undefined && !leads && !pending.isOwn && LACKING.has(outcome.result)) {
        await this.#takeOver(pending, watch);
        continue;
      }
      this.#pending.delete(key);
      yield outcome;
    }
    if (due.length > 0) {
      this.#asker ??= makeAsker();
      await this.#checks.run(due, this.#asker, () => !leads || this.#leadership.isHeld);
    }
    if (this.#pending.size > 0) await this.#pause(leads);
  }

  /** Resolves to whether no other process looks after calls. */
  async #campaign(): Promise<boolean> {
    const leads = await this.#leadership.campaign();
    if (leads && !this.#led) {
      // The other one may have used its share up to now.
      this.#asker?.close();
      this.#asker = undefined;
    }
    this.#led = leads;
    return leads;
  }

  /** The process that looks after calls has no credentials for this one, so it uses nothing of the rate limit. */
  async #takeOver(pending: Pending, watch: Watch): Promise<void> {
    const { inbox, timers, clock } = this.#options;
    const request = { at: new Date(clock()).toISOString(), checkAt: watch.dueAt };
    pending.askAt = timers.now();
    const progress = { ...watch.progress, request };
    pending.isOwn = await inbox.watches.update(watch, { dueInMs: OWN_MS, progress });
  }

  /** Until a call may be asked about. If another process asks, for a while. */
  async #pause(leads: boolean): Promise<void> {
    const { timers } = this.#options;
    const nextMs = Math.min(...[...this.#pending.values()].map(({ askAt }) => askAt)) - timers.now();
    const ms = leads ? Math.min(Math.max(nextMs, 0), POLL_MS) : POLL_MS;
    await new Promise<void>((resolve) => void timers.after(ms, resolve));
  }

  async #outcomeOf(call: WatchedCall, watch: Watch | undefined): Promise<AskedCall> {
    const { result, httpStatus } = watch?.progress.request ?? {};
    if (result !== undefined) return { ...call, result, ...(httpStatus !== undefined && { httpStatus }) };
    const now = await this.#options.inbox.getCall(call.provider, call.callId, call.tenant);
    const event = now?.events.findLast(({ source }) => source === 'reconciled');
    return event === undefined ? { ...call, result: 'gone' } : { ...call, result: 'recorded', event };
  }
}
