/** What the toy inbox knows: calls, their events, and the queries about them. */
import { type AnyCallStatusEvent, type Call, type CallStatus, isTerminal } from '@call-status/core';
import {
  type CallEnd,
  type CallQuery,
  type CallSummary,
  type Clock,
  checkOptions,
  type DeadLetter,
  type DeadLetterQuery,
  foldCall,
  type InboxCounts,
  type InboxHealth,
  type Page,
  queryRules,
  timeRange,
} from '@call-status/core/inbox';

/** An event and its job. */
export interface Entry {
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

export interface ToyCall {
  readonly entries: Entry[];
  status: CallStatus | undefined;
  end?: { readonly status: CallEnd['status']; readonly at: string };
}

export const RULES = queryRules((cursor) => /^\d{1,15}$/.test(cursor));

/** Calls with their events, and what can be asked about them. */
export class ToyCalls {
  protected readonly now: Clock;
  protected readonly calls = new Map<string, ToyCall>();

  constructor(now: Clock) {
    this.now = now;
  }

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    const call = this.calls.get(keyOf(provider, callId, tenant));
    return call && fold(call);
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, RULES.listCalls);
    const { provider, state, status } = query;
    const { sinceMs, untilMs } = timeRange(query);
    const found = [...this.calls.values()].reverse().filter((call) => {
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
    const calls = [...this.calls.values()];
    const ended = calls.filter(({ status }) => isTerminal(status ?? 'unknown')).length;
    return {
      live: calls.length - ended,
      ended,
      waiting: this.entries().filter(isOpen).length - running,
      running,
      dead,
    };
  }

  async health(): Promise<InboxHealth> {
    const now = this.now();
    const heads = this.heads().map(stateOf);
    const running = heads.filter(({ isRunning }) => isRunning(now)).length;
    const waiting = heads.filter(({ isRunning }) => !isRunning(now)).map(({ dueAt }) => dueAt);
    const due = waiting.filter((at) => at <= now);
    return {
      due: due.length,
      lagMs: due.length === 0 ? 0 : now - Math.min(...due),
      retrying: waiting.length - due.length,
      blocked: this.entries().filter(isOpen).length - heads.length,
      running,
      dead: this.entries().filter(({ dead }) => dead !== undefined).length,
    };
  }

  protected entries(): Entry[] {
    return [...this.calls.values()].flatMap(({ entries }) => entries);
  }

  protected entry(eventId: string): Entry | undefined {
    return this.entries().find(({ event }) => event.id === eventId);
  }

  /** For each call, the one event that can be worked on: the one that was taken, else the first that is open. */
  protected heads(): Entry[] {
    return [...this.calls.values()].flatMap(({ entries }) => {
      const open = entries.filter(isOpen);
      const head = open.find(({ lease }) => lease !== undefined && lease.endsAt > this.now()) ?? open[0];
      return head === undefined ? [] : [head];
    });
  }

  protected dead(query: DeadLetterQuery): Entry[] {
    const { sinceMs, untilMs } = timeRange(query);
    const { provider } = query;
    return this.entries()
      .filter(({ event, dead }) => {
        const at = Date.parse(dead?.deadAt ?? '');
        return at >= sinceMs && at < untilMs && (provider === undefined || event.provider === provider);
      })
      .sort((a, b) => Date.parse(a.dead?.deadAt ?? '') - Date.parse(b.dead?.deadAt ?? ''));
  }
}

const isOpen = ({ isDone, dead }: Entry): boolean => !isDone && dead === undefined;

/** When it is due, and whether a take of it ended without a result. */
export function stateOf({ lease, dueAt, isSuspect }: Entry) {
  const isRunning = (now: number): boolean => lease !== undefined && lease.endsAt > now;
  return {
    isRunning,
    dueAt: lease === undefined ? dueAt : lease.endsAt + (lease.beganWith ?? 0),
    isSuspect: isSuspect || lease !== undefined,
  };
}

export function keyOf(provider: string, callId: string, tenant?: string): string {
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
export function pageOf<Item, Row>(
  items: readonly Item[],
  { cursor, limit = 50 }: { readonly cursor?: string; readonly limit?: number },
  toRow: (item: Item) => Row,
): Page<Row> {
  const start = cursor === undefined ? 0 : items.length - Number(cursor);
  const end = start + limit;
  return { rows: items.slice(start, end).map(toRow), ...(end < items.length && { next: String(items.length - end) }) };
}
