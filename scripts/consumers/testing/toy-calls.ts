/** What the toy inbox knows: calls, their events, and the queries about them. */
import { type AnyCallStatusEvent, type Call, isTerminal } from '@call-status/core';
import {
  type CallEnd,
  type CallQuery,
  type CallRow,
  type CallSummary,
  type Clock,
  checkOptions,
  type DeadLetter,
  type FeedPage,
  type FeedQuery,
  feedCursor,
  foldCall,
  type Page,
  queryRules,
  type StatsQuery,
  type StatsRow,
  searchOf,
  statsRows,
  summaryOf,
  timeRange,
} from '@call-status/core/inbox';

/** An event and its job. */
export interface Entry {
  readonly event: AnyCallStatusEvent;
  readonly trace: string | undefined;
  readonly call: ToyCall;
  /** Its place in the feed. */
  readonly serial: number;
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
  row: CallRow;
  end?: { readonly status: CallEnd['status']; readonly at: string };
}

/** The cursor of a list is a number, that of the feed two. */
export const RULES = queryRules((cursor) => /^\d{1,15}$/.test(cursor));
const FEED_RULES = queryRules(feedCursor.is);

/** Calls with their events, and what can be asked about them. */
export class ToyCalls {
  protected readonly now: Clock;
  protected readonly calls = new Map<string, ToyCall>();
  protected lastSerial = 0;
  /** The highest place in the feed that was erased. */
  protected lastErased = 0;

  constructor(now: Clock) {
    this.now = now;
  }

  async getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    const call = this.calls.get(keyOf(provider, callId, tenant));
    return call && foldCall(eventsOf(call), call.end);
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, RULES.listCalls);
    const found = [...this.calls.values()].map(toSummary).filter((call) => this.#isMeant(call, query));
    return pageOf(found.reverse(), query, (call) => call);
  }

  async events(query: FeedQuery = {}): Promise<FeedPage> {
    checkOptions('query', query, FEED_RULES.events);
    const { after, since = 0, provider, limit = 50 } = query;
    const sinceMs = new Date(since).getTime();
    const removed = this.lastErased;
    const end = { row: this.lastSerial, removed };
    const asked = after === undefined ? { row: 0, removed } : after === 'end' ? end : feedCursor.decode(after);
    // Of a store that has been restored from a backup.
    const isBeyond = asked.row > end.row;
    const start = isBeyond ? end : asked;
    const unread = this.entries()
      .filter(({ serial, event }) => serial > start.row && event.provider === (provider ?? event.provider))
      .filter(({ event }) => Date.parse(event.receivedAt) >= sinceMs)
      .sort((a, b) => a.serial - b.serial);
    const rows = unread.slice(0, limit).map(({ serial, event }) => {
      return { cursor: feedCursor.encode({ row: serial, removed }), event };
    });
    const next = unread.length > limit ? (rows.at(-1)?.cursor as string) : feedCursor.encode(end);
    return { rows, next, missed: isBeyond || removed > Math.max(start.row, start.removed) };
  }

  async stats(query: StatsQuery): Promise<readonly StatsRow[]> {
    checkOptions('query', query, RULES.stats);
    const rows = [...this.calls.values()].map(({ row }) => row);
    return statsRows(rows, query, this.now());
  }

  protected entries(): Entry[] {
    return [...this.calls.values()].flatMap(({ entries }) => entries);
  }

  protected entry(eventId: string): Entry | undefined {
    return this.entries().find(({ event }) => event.id === eventId);
  }

  #isMeant(call: CallSummary, query: CallQuery): boolean {
    const { provider, state, status, answered, hasConflict, hasDeadLetter, silentForMs, changedSince, search } = query;
    const { parentCallId, sipCode, errorCode } = query;
    const { sinceMs, untilMs } = timeRange(query);
    const firstMs = Date.parse(call.firstEventAt);
    const lastMs = Date.parse(call.lastEventAt);
    return (
      (provider === undefined || call.provider === provider) &&
      (state === undefined || call.terminal === (state === 'ended')) &&
      (status === undefined || [status].flat().includes(call.status)) &&
      (answered === undefined || call.answered === answered) &&
      (parentCallId === undefined || call.parentCallId === parentCallId) &&
      (sipCode === undefined || call.sip?.code === sipCode) &&
      (errorCode === undefined || call.error?.code === errorCode) &&
      (hasConflict === undefined || call.hasConflict === hasConflict) &&
      (hasDeadLetter === undefined || call.hasDeadLetter === hasDeadLetter) &&
      (silentForMs === undefined || (!call.terminal && lastMs <= this.now() - silentForMs)) &&
      (changedSince === undefined || lastMs >= new Date(changedSince).getTime()) &&
      (search === undefined || isFound(call, this.calls.get(keyOf(call.provider, call.callId, call.tenant)), search)) &&
      firstMs >= sinceMs &&
      firstMs < untilMs
    );
  }
}

function isFound({ callId }: CallSummary, call: ToyCall | undefined, search: string): boolean {
  const { callIdPrefix, digits } = searchOf(search);
  if (callIdPrefix !== undefined && callId.startsWith(callIdPrefix)) return true;
  const numbers = [call?.row.from_digits, call?.row.to_digits];
  return numbers.some((number) => digits !== undefined && (number?.startsWith(digits) || number?.endsWith(digits)));
}

function eventsOf({ entries }: ToyCall): readonly AnyCallStatusEvent[] {
  return entries.map(({ event }) => event);
}

function toSummary({ row, entries }: ToyCall): CallSummary {
  return summaryOf({ ...row, has_dead_letter: entries.some(({ dead }) => dead !== undefined) });
}

/** The row of a call that the application ended. */
export function endedRow(row: CallRow, status: CallEnd['status'], at: number): CallRow {
  return { ...row, status, terminal: isTerminal(status), ended_at: at, ended_by: 'application' };
}

export function keyOf(provider: string, callId: string, tenant?: string): string {
  return JSON.stringify([provider, callId, tenant]);
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
