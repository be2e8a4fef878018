import type { Call } from '../../call.ts';
import { CallStatusError } from '../../errors.ts';
import { checkOptions } from '../../rules/check-options.ts';
import type { FeedPage, FeedQuery } from '../feed.ts';
import type { InboxCounts, InboxHealth, WorkerReport } from '../health.ts';
import type { CallEnd, EventKey, Inbox, NewEvent, ReadyOptions, Recorded, RecordOptions } from '../inbox.ts';
import type { JobTransaction } from '../job-transaction.ts';
import type { Failure, Lease, Outcome, Taken, TakeRequest } from '../jobs.ts';
import { QUERIES } from '../memory/reading/pages.ts';
import type { CallQuery, CallSummary, DeadLetters, Page } from '../queries.ts';
import type { Refusals } from '../refusals.ts';
import type { StatsQuery, StatsRow } from '../stats.ts';
import type { Watches } from '../watches.ts';
import type { MovedCall } from './moved-call.ts';
import { type Movable, type MoveReport, Mover } from './mover.ts';
import { MovingDeadLetters } from './moving-dead-letters.ts';
import { MovingWatches } from './moving-watches.ts';

/** What {@link moveInbox} returns. */
export interface MovingInbox extends Inbox {
  /** Resolves once every call has been moved. Rejects with `closed` if it is closed before that: move again to continue. */
  readonly moved: Promise<MoveReport>;
}

/**
 * An inbox that moves every call of another inbox to a new one while callbacks keep coming. It records and handles in the new inbox. A call
 * is moved before anything else happens to it, and all others in the background. Duplicates, transitions, retries, dead letters and watches
 * stay as they were.
 *
 * No other process may use the old inbox meanwhile. Lists, figures and the feed show what has been moved, and `replayAll` replays that.
 * Rejected callbacks and the ids of erased events stay behind. If the process dies or is closed, move again: no call is moved twice.
 *
 * @param from the old inbox
 * @param to the new one, which may have calls already
 * @throws CallStatusError `invalid_options` if one of them cannot move calls
 * @example
 * ```ts
 * import { memoryInbox } from '@call-status/core';
 * import { moveInbox } from '@call-status/core/inbox';
 *
 * const inbox = moveInbox(memoryInbox(), memoryInbox()); // sqliteInbox({ path }) and postgresInbox({ url }) in production
 * void inbox.moved.then(({ calls }) => console.log(`${calls} calls moved`));
 * ```
 */
export function moveInbox(from: Inbox, to: Inbox): MovingInbox {
  return new Moving(movable('from', from), movable('to', to));
}

function movable(name: string, inbox: Inbox): Movable {
  if (inbox.exportCall !== undefined && inbox.importCall !== undefined) return inbox as Movable;
  throw new CallStatusError('invalid_options', {
    issues: [`\`${name}\`: this inbox has no exportCall() and importCall().`],
  });
}

class Moving implements MovingInbox {
  readonly durable: boolean;
  readonly shared: boolean;
  readonly moved: Promise<MoveReport>;
  readonly deadLetters: DeadLetters;
  readonly refusals: Refusals;
  readonly watches: Watches;
  readonly transaction?: () => JobTransaction;
  readonly #from: Movable;
  readonly #to: Movable;
  readonly #mover: Mover;

  constructor(from: Movable, to: Movable) {
    this.durable = to.durable;
    this.shared = to.shared;
    this.refusals = to.refusals;
    if (to.transaction !== undefined) this.transaction = () => (to as Required<Inbox>).transaction();
    this.#from = from;
    this.#to = to;
    this.#mover = new Mover(from, to);
    this.deadLetters = new MovingDeadLetters(from.deadLetters, to.deadLetters, this.#mover);
    this.watches = new MovingWatches(to.watches, this.#mover);
    this.moved = this.#mover.moved;
  }

  /** The old inbox must be there: nothing would be moved from one that was just created. */
  async ready(options?: ReadyOptions): Promise<void> {
    await this.#from.ready?.({ ...options, create: false });
    await this.#to.ready?.(options);
    this.#mover.start();
  }

  record(event: NewEvent, options?: RecordOptions): Promise<Recorded> {
    return this.#mover.after(event, () => this.#to.record(event, options));
  }

  getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return this.#mover.after({ provider, callId, tenant }, () => this.#to.getCall(provider, callId, tenant));
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { tenant } = end;
    return this.#mover.after({ provider, callId, tenant }, () => this.#to.endCall(provider, callId, end));
  }

  forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    return this.#mover.after({ provider, callId, tenant }, () => this.#to.forgetCall(provider, callId, tenant));
  }

  exportCall(provider: string, callId: string, tenant?: string): Promise<MovedCall | undefined> {
    return this.#mover.after({ provider, callId, tenant }, () => this.#to.exportCall(provider, callId, tenant));
  }

  importCall(call: MovedCall): Promise<boolean> {
    return this.#mover.after(call, () => this.#to.importCall(call));
  }

  async close(): Promise<void> {
    await this.#mover.stop();
    await Promise.all([this.#from.close(), this.#to.close()]);
  }

  handled(events: readonly EventKey[]): Promise<readonly string[]> {
    return this.#to.handled(events);
  }

  take(request: TakeRequest): Promise<Taken> {
    return this.#to.take(request);
  }

  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return this.#to.renew(leases, leaseMs);
  }

  begin(lease: Lease, interruption: { readonly retryInMs: number }): Promise<Outcome> {
    return this.#to.begin(lease, interruption);
  }

  finish(lease: Lease): Promise<Outcome> {
    return this.#to.finish(lease);
  }

  fail(lease: Lease, failure: Failure): Promise<Outcome> {
    return this.#to.fail(lease, failure);
  }

  release(lease: Lease, options?: { readonly retryInMs?: number }): Promise<Outcome> {
    return this.#to.release(lease, options);
  }

  onJobs(listener: () => void): () => void {
    return this.#to.onJobs(listener);
  }

  listCalls(query?: CallQuery): Promise<Page<CallSummary>> {
    return this.#to.listCalls(query);
  }

  events(query?: FeedQuery): Promise<FeedPage> {
    return this.#to.events(query);
  }

  stats(query: StatsQuery): Promise<readonly StatsRow[]> {
    return this.#to.stats(query);
  }

  counts(): Promise<InboxCounts> {
    return this.#to.counts();
  }

  health(): Promise<InboxHealth> {
    return this.#to.health();
  }

  reportWorker(report: WorkerReport): Promise<void> {
    return this.#to.reportWorker(report);
  }

  removeWorker(owner: string): Promise<void> {
    return this.#to.removeWorker(owner);
  }
}
