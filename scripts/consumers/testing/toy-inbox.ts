/** An inbox in a list: the least that keeps the contract. It forgets nothing, so it is only for tests. */
import { type AnyCallStatusEvent, CallStatusError, type Inbox, isTerminal } from '@call-status/core';
import {
  type CallEnd,
  checkOptions,
  type DeadLetter,
  type DeadLetterQuery,
  type Failure,
  type Job,
  type Lease,
  type NewEvent,
  type Outcome,
  type Page,
  type Recorded,
  type Taken,
  type TakeRequest,
  transitionOf,
} from '@call-status/core/inbox';
import { type Entry, keyOf, pageOf, RULES, stateOf, ToyCalls } from './toy-calls.ts';

export class ToyInbox extends ToyCalls implements Inbox {
  readonly durable = false;
  readonly #forgotten = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  async record(event: NewEvent): Promise<Recorded> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const known = this.entry(event.id);
    if (known !== undefined) return { transition: 'duplicate', done: known.isDone || known.dead !== undefined };
    if (this.#forgotten.has(event.id)) return { transition: 'duplicate', done: true };
    const kept = JSON.parse(JSON.stringify(event)) as NewEvent;
    const key = keyOf(event.provider, event.callId, event.tenant);
    const call = this.calls.get(key) ?? { entries: [], status: undefined };
    this.calls.set(key, call);
    const transition = transitionOf(call.status, event.status);
    if (transition === 'advance') call.status = event.status;
    call.entries.push({
      event: { ...kept, transition } as AnyCallStatusEvent,
      call,
      isDone: false,
      dead: undefined,
      dueAt: this.now(),
      lease: undefined,
      takes: 0,
      failures: 0,
      interruptions: 0,
      isSuspect: false,
      doneHandlers: [],
      results: new Map(),
    });
    this.#notify();
    return { transition, done: false };
  }

  async take({ limit, leaseMs, limits = {}, suspect = false }: TakeRequest): Promise<Taken> {
    const now = this.now();
    const heads = this.heads().map((entry) => ({ entry, ...stateOf(entry) }));
    const due = heads.filter(({ dueAt, isRunning }) => !isRunning(now) && dueAt <= now);
    const room = new Map(Object.entries(limits));
    const jobs: Job[] = [];
    for (const { entry, isSuspect } of due) {
      const left = room.get(entry.event.provider) ?? Number.POSITIVE_INFINITY;
      if (isSuspect !== suspect || left <= 0 || jobs.length >= (suspect ? 1 : limit)) continue;
      room.set(entry.event.provider, left - 1);
      jobs.push(take(entry, now + leaseMs));
    }
    const left = due.filter(({ entry }) => !jobs.some(({ event }) => event.id === entry.event.id));
    const later = heads.map(({ entry, dueAt, isRunning }) => (isRunning(now) ? (entry.lease?.endsAt ?? 0) : dueAt));
    const next = Math.min(...later.filter((at) => at > now)) - now;
    return {
      jobs,
      ...(Number.isFinite(next) && { nextInMs: next }),
      suspects: left.some(({ isSuspect }) => isSuspect),
      more: left.some(({ isSuspect }) => !isSuspect),
    };
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return leases.filter((lease) => {
      const { lease: own } = this.entry(lease.eventId) ?? {};
      if (own?.token !== lease.token) return true;
      own.endsAt = this.now() + leaseMs;
      return false;
    });
  }

  async begin({ eventId, token }: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    const { lease } = this.entry(eventId) ?? {};
    if (lease?.token !== token || lease.endsAt <= this.now()) return 'lost';
    lease.beganWith = retryInMs;
    return 'done';
  }

  async finish(lease: Lease): Promise<Outcome> {
    return this.#end(lease, 'finish', (entry) => {
      entry.isDone = true;
    });
  }

  async fail(lease: Lease, { retryInMs, error, doneHandlers }: Failure): Promise<Outcome> {
    return this.#end(lease, 'fail', (entry) => {
      entry.failures++;
      entry.isSuspect = false;
      entry.doneHandlers = doneHandlers;
      entry.dueAt = this.now() + (retryInMs ?? 0);
      const deadAt = new Date(this.now()).toISOString();
      if (retryInMs === undefined) entry.dead = { event: entry.event, attempts: entry.failures, error, deadAt };
    });
  }

  async release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    return this.#end(lease, 'release', (entry) => {
      entry.dueAt = this.now() + retryInMs;
    });
  }

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly deadLetters: Inbox['deadLetters'] = {
    list: async (query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> => {
      checkOptions('query', query, RULES.deadLetters);
      return pageOf(this.dead(query).reverse(), query, (entry) => entry.dead as DeadLetter);
    },
    get: async (eventId) => this.entry(eventId)?.dead,
    replay: async (eventId) => {
      const entry = this.entry(eventId);
      if (entry?.dead === undefined) return false;
      Object.assign(entry, { dead: undefined, failures: 0, interruptions: 0, dueAt: this.now() });
      this.#notify();
      return true;
    },
    replayAll: async (query = {}) => {
      checkOptions('query', query, RULES.replayAll);
      const dead = this.dead(query);
      for (const { event } of dead) await this.deadLetters.replay(event.id);
      return dead.length;
    },
    discard: async (eventId) => {
      const entry = this.entry(eventId);
      if (entry?.dead === undefined) return false;
      Object.assign(entry, { dead: undefined, isDone: true });
      return true;
    },
  };

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, RULES.endCall);
    const call = this.calls.get(keyOf(provider, callId, end.tenant));
    if (call === undefined || isTerminal(call.status ?? 'unknown')) return false;
    call.status = end.status;
    call.end = { status: end.status, at: new Date(this.now()).toISOString() };
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const key = keyOf(provider, callId, tenant);
    for (const { event } of this.calls.get(key)?.entries ?? []) this.#forgotten.add(event.id);
    return this.calls.delete(key);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #end({ eventId, token }: Lease, kind: string, apply: (entry: Entry) => void): Outcome {
    const entry = this.entry(eventId);
    if (entry === undefined) return 'gone';
    if (entry.lease?.token !== token) return entry.results.get(token) === kind ? 'done' : 'lost';
    entry.lease = undefined;
    entry.results.set(token, kind);
    apply(entry);
    this.#notify();
    return 'done';
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function take(entry: Entry, endsAt: number): Job {
  if (entry.lease !== undefined) {
    entry.isSuspect = true;
    if (entry.lease.beganWith !== undefined) entry.interruptions++;
  }
  const token = `${entry.event.id}/${++entry.takes}`;
  entry.lease = { token, endsAt };
  return {
    lease: { eventId: entry.event.id, token },
    event: entry.event,
    attempt: entry.failures + 1,
    interruptions: entry.interruptions,
    suspect: entry.isSuspect,
    fence: entry.takes,
    doneHandlers: entry.doneHandlers,
  };
}
