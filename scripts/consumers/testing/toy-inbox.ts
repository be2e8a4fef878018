/** An inbox in a list: the least that keeps the contract. It forgets nothing, so it is only for tests. */
import {
  type AnyCallStatusEvent,
  type Call,
  type CallStatus,
  CallStatusError,
  type Inbox,
  isTerminal,
} from '@call-status/core';
import {
  type CallEnd,
  type CallQuery,
  type CallSummary,
  type Clock,
  checkOptions,
  type DeadLetter,
  type DeadLetterQuery,
  type Failure,
  foldCall,
  type InboxCounts,
  type InboxHealth,
  type Job,
  type Lease,
  type NewEvent,
  type Outcome,
  type Page,
  queryRules,
  type Recorded,
  type Taken,
  type TakeRequest,
  timeRange,
  transitionOf,
} from '@call-status/core/inbox';

/** An event and its job. */
interface Entry {
  readonly event: AnyCallStatusEvent;
  readonly call: ToyCall;
  isDone: boolean;
  dead: DeadLetter | undefined;
  dueAt: number;
  lease: { readonly token: string; endsAt: number; beganWith?: number } | undefined;
  takes: number;
  failures: number;
  interruptions: number;
  isSuspect: boolean;
  doneHandlers: readonly string[];
  /** What ended each lease. */
  readonly results: Map<string, string>;
}

interface ToyCall {
  readonly serial: number;
  readonly entries: Entry[];
  status: CallStatus | undefined;
  end?: { readonly status: CallEnd['status']; readonly at: string };
}

const RULES = queryRules((cursor) => /^\d{1,15}$/.test(cursor));

export class ToyInbox implements Inbox {
  readonly durable = false;
  readonly #now: Clock;
  readonly #calls = new Map<string, ToyCall>();
  readonly #forgotten = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #serial = 0;
  #isClosed = false;

  constructor(now: Clock) {
    this.#now = now;
  }

  async record(event: NewEvent): Promise<Recorded> {
    if (this.#isClosed) throw new CallStatusError('closed');
    const known = this.#entry(event.id);
    if (known !== undefined) return { transition: 'duplicate', done: known.isDone || known.dead !== undefined };
    if (this.#forgotten.has(event.id)) return { transition: 'duplicate', done: true };
    const kept = JSON.parse(JSON.stringify(event)) as NewEvent;
    const key = keyOf(event.provider, event.callId, event.tenant);
    const call = this.#calls.get(key) ?? { serial: ++this.#serial, entries: [], status: undefined };
    this.#calls.set(key, call);
    const transition = transitionOf(call.status, event.status);
    if (transition === 'advance') call.status = event.status;
    call.entries.push({
      event: { ...kept, transition } as AnyCallStatusEvent,
      call,
      isDone: false,
      dead: undefined,
      dueAt: this.#now(),
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
    const now = this.#now();
    const heads = this.#heads().map((entry) => ({ entry, ...stateOf(entry) }));
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
      const { lease: own } = this.#entry(lease.eventId) ?? {};
      if (own?.token !== lease.token) return true;
      own.endsAt = this.#now() + leaseMs;
      return false;
    });
  }

  async begin({ eventId, token }: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    const { lease } = this.#entry(eventId) ?? {};
    if (lease?.token !== token || lease.endsAt <= this.#now()) return 'lost';
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
      entry.dueAt = this.#now() + (retryInMs ?? 0);
      const deadAt = new Date(this.#now()).toISOString();
      if (retryInMs === undefined) entry.dead = { event: entry.event, attempts: entry.failures, error, deadAt };
    });
  }

  async release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    return this.#end(lease, 'release', (entry) => {
      entry.dueAt = this.#now() + retryInMs;
    });
  }

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly deadLetters: Inbox['deadLetters'] = {
    list: async (query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> => {
      checkOptions('query', query, RULES.deadLetters);
      return pageOf(this.#dead(query).reverse(), query, (entry) => entry.dead as DeadLetter);
    },
    get: async (eventId) => this.#entry(eventId)?.dead,
    replay: async (eventId) => {
      const entry = this.#entry(eventId);
      if (entry?.dead === undefined) return false;
      Object.assign(entry, { dead: undefined, failures: 0, interruptions: 0, dueAt: this.#now() });
      this.#notify();
      return true;
    },
    replayAll: async (query = {}) => {
      checkOptions('query', query, RULES.replayAll);
      const dead = this.#dead(query);
      for (const { event } of dead) await this.deadLetters.replay(event.id);
      return dead.length;
    },
    discard: async (eventId) => {
      const entry = this.#entry(eventId);
      if (entry?.dead === undefined) return false;
      Object.assign(entry, { dead: undefined, isDone: true });
      return true;
    },
  };

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    const call = this.#calls.get(keyOf(provider, callId, tenant));
    return call && fold(call);
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, RULES.listCalls);
    const { provider, state, status } = query;
    const { sinceMs, untilMs } = timeRange(query);
    const found = [...this.#calls.values()].reverse().filter((call) => {
      const row = summaryOf(call);
      const at = Date.parse(row.firstEventAt);
      return (
        (provider === undefined || row.provider === provider) &&
        (state === undefined || row.terminal === (state === 'ended')) &&
        (status === undefined || [status].flat().includes(row.status)) &&
        at >= sinceMs &&
        at < untilMs
      );
    });
    return pageOf(found, query, summaryOf);
  }

  async counts(): Promise<InboxCounts> {
    const { running, dead } = await this.health();
    const calls = [...this.#calls.values()];
    const ended = calls.filter(({ status }) => isTerminal(status ?? 'unknown')).length;
    return {
      live: calls.length - ended,
      ended,
      waiting: this.#entries().filter(isOpen).length - running,
      running,
      dead,
    };
  }

  async health(): Promise<InboxHealth> {
    const now = this.#now();
    const heads = this.#heads().map(stateOf);
    const running = heads.filter(({ isRunning }) => isRunning(now)).length;
    const waiting = heads.filter(({ isRunning }) => !isRunning(now)).map(({ dueAt }) => dueAt);
    const due = waiting.filter((at) => at <= now);
    return {
      due: due.length,
      lagMs: due.length === 0 ? 0 : now - Math.min(...due),
      retrying: waiting.length - due.length,
      blocked: this.#entries().filter(isOpen).length - heads.length,
      running,
      dead: this.#entries().filter(({ dead }) => dead !== undefined).length,
    };
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, RULES.endCall);
    const call = this.#calls.get(keyOf(provider, callId, end.tenant));
    if (call === undefined || isTerminal(call.status ?? 'unknown')) return false;
    call.status = end.status;
    call.end = { status: end.status, at: new Date(this.#now()).toISOString() };
    return true;
  }

  async forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean> {
    const key = keyOf(provider, callId, tenant);
    for (const { event } of this.#calls.get(key)?.entries ?? []) this.#forgotten.add(event.id);
    return this.#calls.delete(key);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #entries(): Entry[] {
    return [...this.#calls.values()].flatMap(({ entries }) => entries);
  }

  #entry(eventId: string): Entry | undefined {
    return this.#entries().find(({ event }) => event.id === eventId);
  }

  /** Of each call, the one event that can be worked on: the one that was taken, else the first that is open. */
  #heads(): Entry[] {
    return [...this.#calls.values()].flatMap(({ entries }) => {
      const open = entries.filter(isOpen);
      const head = open.find(({ lease }) => lease !== undefined && lease.endsAt > this.#now()) ?? open[0];
      return head === undefined ? [] : [head];
    });
  }

  #dead(query: DeadLetterQuery): Entry[] {
    const { sinceMs, untilMs } = timeRange(query);
    const { provider } = query;
    return this.#entries()
      .filter(({ event, dead }) => {
        const at = Date.parse(dead?.deadAt ?? '');
        return at >= sinceMs && at < untilMs && (provider === undefined || event.provider === provider);
      })
      .sort((a, b) => Date.parse(a.dead?.deadAt ?? '') - Date.parse(b.dead?.deadAt ?? ''));
  }

  #end({ eventId, token }: Lease, kind: string, apply: (entry: Entry) => void): Outcome {
    const entry = this.#entry(eventId);
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

const isOpen = ({ isDone, dead }: Entry): boolean => !isDone && dead === undefined;

/** When it is due, and whether a take of it ended without a result. */
function stateOf({ lease, dueAt, isSuspect }: Entry) {
  const isRunning = (now: number): boolean => lease !== undefined && lease.endsAt > now;
  return {
    isRunning,
    dueAt: lease === undefined ? dueAt : lease.endsAt + (lease.beganWith ?? 0),
    isSuspect: isSuspect || lease !== undefined,
  };
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

function keyOf(provider: string, callId: string, tenant?: string): string {
  return JSON.stringify([provider, callId, tenant]);
}

function fold({ entries, end }: ToyCall): Call {
  return foldCall(
    entries.map(({ event }) => event),
    end,
  );
}

function summaryOf(call: ToyCall): CallSummary {
  const { events, ...folded } = fold(call);
  const received = call.entries.map(({ event }) => event.receivedAt);
  const { provider, callId, tenant, terminal, direction, from, to, answered, answeredAt, durationSeconds } = folded;
  const known = { tenant, direction, from, to, answered, answeredAt, durationSeconds };
  return {
    provider,
    callId,
    status: call.status ?? 'unknown',
    terminal,
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as object),
    firstEventAt: received[0] ?? '',
    lastEventAt: received.at(-1) ?? '',
    eventCount: events.length,
  };
}

/** A page of a list; the cursor says how many rows are after it, so that new ones before it change nothing. */
function pageOf<Item, Row>(
  items: readonly Item[],
  { cursor, limit = 50 }: { readonly cursor?: string; readonly limit?: number },
  toRow: (item: Item) => Row,
): Page<Row> {
  const start = cursor === undefined ? 0 : items.length - Number(cursor);
  const end = start + limit;
  return { rows: items.slice(start, end).map(toRow), ...(end < items.length && { next: String(items.length - end) }) };
}
