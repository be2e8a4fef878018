/** An inbox in a list: the least that keeps the contract. It forgets nothing, so it is only for tests. */
import { type AnyCallStatusEvent, CallStatusError, type Inbox, isTerminal } from '@call-status/core';
import {
  type CallEnd,
  checkOptions,
  columnsOf,
  type DeadLetter,
  type DeadLetterGroup,
  type DeadLetterQuery,
  errorGroupOf,
  type Failure,
  fenceOf,
  type Job,
  type Lease,
  mergeColumns,
  type NewEvent,
  type Outcome,
  type Page,
  type Recorded,
  type RecordOptions,
  type Taken,
  type TakeRequest,
  transitionOf,
} from '@call-status/core/inbox';
import { type Entry, endedRow, keyOf, pageOf, RULES } from './toy-calls.ts';
import { stateOf, ToyHealth } from './toy-health.ts';

export class ToyInbox extends ToyHealth implements Inbox {
  readonly durable = false;
  readonly shared = false;
  readonly #forgotten = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  async record(event: NewEvent, { trace }: RecordOptions = {}): Promise<Recorded> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const known = this.entry(event.id);
    if (known !== undefined) return { transition: 'duplicate', done: known.isDone || known.dead !== undefined };
    if (this.#forgotten.has(event.id)) return { transition: 'duplicate', done: true };
    if (Number.isNaN(Date.parse(event.receivedAt))) throw new CallStatusError('inbox_unavailable');
    const kept = JSON.parse(JSON.stringify(event)) as NewEvent;
    const key = keyOf(event.provider, event.callId, event.tenant);
    const before = this.calls.get(key);
    const transition = transitionOf(before?.row.status, event.status);
    const row = mergeColumns(before?.row, columnsOf(event), transition);
    const call = before ?? { entries: [], row };
    call.row = row;
    this.calls.set(key, call);
    call.entries.push({
      event: { ...kept, transition } as AnyCallStatusEvent,
      trace,
      call,
      serial: ++this.lastSerial,
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

  async fail(lease: Lease, { retryInMs, error, handler, doneHandlers }: Failure): Promise<Outcome> {
    return this.#end(lease, 'fail', (entry) => {
      entry.failures++;
      entry.isSuspect = false;
      entry.doneHandlers = doneHandlers;
      entry.dueAt = this.now() + (retryInMs ?? 0);
      const deadAt = new Date(this.now()).toISOString();
      const threw = handler !== undefined && { handler };
      if (retryInMs === undefined)
        entry.dead = { event: entry.event, attempts: entry.failures, error, ...threw, deadAt };
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
    groups: async (query = {}) => {
      checkOptions('query', query, RULES.replayAll);
      const groups = new Map<string, DeadLetterGroup>();
      for (const { event, dead } of this.dead(query)) {
        const { deadAt = '', error = '' } = dead ?? {};
        const group = { provider: event.provider, error: errorGroupOf(error), lastDeadAt: deadAt };
        const key = JSON.stringify([group.provider, group.error]);
        const { count, firstDeadAt } = groups.get(key) ?? { count: 0, firstDeadAt: deadAt };
        groups.set(key, { ...group, count: count + 1, firstDeadAt });
      }
      return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, 100);
    },
  };

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, RULES.endCall);
    const call = this.calls.get(keyOf(provider, callId, end.tenant));
    if (call === undefined || isTerminal(call.row.status)) return false;
    call.row = endedRow(call.row, end.status, this.now());
    call.end = { status: end.status, at: new Date(this.now()).toISOString() };
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const key = keyOf(provider, callId, tenant);
    for (const { event, serial } of this.calls.get(key)?.entries ?? []) {
      this.#forgotten.add(event.id);
      this.lastErased = Math.max(this.lastErased, serial);
    }
    this.refusals.forget(callId);
    const wasWatched = this.watches.forget({ provider, callId, ...(tenant !== undefined && { tenant }) });
    return this.calls.delete(key) || wasWatched;
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
    ...(entry.trace !== undefined && { trace: entry.trace }),
    attempt: entry.failures + 1,
    interruptions: entry.interruptions,
    suspect: entry.isSuspect,
    fence: fenceOf(entry.serial, entry.takes),
    doneHandlers: entry.doneHandlers,
  };
}
