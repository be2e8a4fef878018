/** How the toy inbox is doing: its jobs, its calls, and its workers. */
import { isTerminal } from '@call-status/core';
import type {
  DeadLetterQuery,
  EventKey,
  InboxCounts,
  InboxHealth,
  ProviderHealth,
  WorkerHealth,
  WorkerReport,
} from '@call-status/core/inbox';
import { errorGroupOf, timeRange } from '@call-status/core/inbox';
import { type Entry, keyOf, ToyCalls } from './toy-calls.ts';
import { ToyRefusals } from './toy-refusals.ts';
import { ToyWatches } from './toy-watches.ts';

const SILENT_MS = 600_000;
const WORKER_MS = 60_000;

export class ToyHealth extends ToyCalls {
  readonly refusals = new ToyRefusals();
  readonly watches = new ToyWatches(this.now, this.calls);
  readonly #workers = new Map<string, WorkerHealth>();

  async handled(events: readonly EventKey[]): Promise<readonly string[]> {
    const isHandled = ({ id, provider, callId, tenant }: EventKey): boolean => {
      const entries = this.calls.get(keyOf(provider, callId, tenant))?.entries ?? [];
      return entries.some((entry) => entry.event.id === id && !isOpen(entry));
    };
    return events.filter(isHandled).map(({ id }) => id);
  }

  async reportWorker(report: WorkerReport): Promise<void> {
    this.#workers.set(report.owner, { ...report, lastSeenAt: this.#iso(this.now()) });
  }

  async removeWorker(owner: string): Promise<void> {
    this.#workers.delete(owner);
  }

  async counts(): Promise<InboxCounts> {
    const { running, dead, live = 0 } = await this.health();
    const waiting = this.entries().filter(isOpen).length - running;
    return { live, ended: this.calls.size - live, waiting, running, dead };
  }

  async health(): Promise<InboxHealth> {
    const now = this.now();
    const heads = this.heads().map(stateOf);
    const running = heads.filter(({ isRunning }) => isRunning(now)).length;
    const waiting = heads.filter(({ isRunning }) => !isRunning(now)).map(({ dueAt }) => dueAt);
    const due = waiting.filter((at) => at <= now);
    const later = waiting.filter((at) => at > now);
    const providers = this.#providers();
    return {
      due: due.length,
      ...(due.length > 0 && { oldestDueAt: this.#iso(Math.min(...due)) }),
      lagMs: due.length === 0 ? 0 : now - Math.min(...due),
      retrying: later.length,
      ...(later.length > 0 && { nextRetryAt: this.#iso(Math.min(...later)) }),
      blocked: this.entries().filter(isOpen).length - heads.length,
      running,
      dead: this.entries().filter(({ dead }) => dead !== undefined).length,
      live: sum(providers.map(({ live = 0 }) => live)),
      silent: sum(providers.map(({ silent }) => silent)),
      providers,
      refused: this.refusals.health(now),
      watches: this.watches.health(),
      store: this.lastSerial === 0 ? {} : { writable: true },
      workers: [...this.#workers.values()].filter(({ lastSeenAt }) => Date.parse(lastSeenAt) >= now - WORKER_MS),
    };
  }

  /** For each call, the one event that can be worked on: the one that was taken, else the first that is open. */
  protected heads(): Entry[] {
    return [...this.calls.values()].flatMap(({ entries }) => {
      const open = entries.filter(isOpen);
      const head = open.find(({ lease }) => lease !== undefined && lease.endsAt > this.now()) ?? open[0];
      return head === undefined ? [] : [head];
    });
  }

  /** Dead letters, oldest first. */
  protected dead(query: DeadLetterQuery): Entry[] {
    const { sinceMs, untilMs } = timeRange(query);
    const { provider, error } = query;
    return this.entries()
      .filter(({ event, dead }) => {
        const at = Date.parse(dead?.deadAt ?? '');
        const isOfGroup = error === undefined || errorGroupOf(dead?.error ?? '') === error;
        return at >= sinceMs && at < untilMs && (provider === undefined || event.provider === provider) && isOfGroup;
      })
      .sort((a, b) => Date.parse(a.dead?.deadAt ?? '') - Date.parse(b.dead?.deadAt ?? ''));
  }

  #providers(): ProviderHealth[] {
    const live = [...this.calls.values()].map(({ row }) => row).filter(({ status }) => !isTerminal(status));
    const names = [...new Set(live.map(({ provider }) => provider))].sort((a, b) => (a < b ? -1 : 1));
    return names.map((provider) => {
      const own = live.filter((row) => row.provider === provider);
      const silent = own.filter((row) => row.last_event_at < this.now() - SILENT_MS);
      return { provider, live: own.length, silent: silent.length };
    });
  }

  #iso(ms: number): string {
    return new Date(ms).toISOString();
  }
}

const isOpen = ({ isDone, dead }: Entry): boolean => !isDone && dead === undefined;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** When it is due, and whether a take of it ended without a result. */
export function stateOf({ lease, dueAt, isSuspect }: Entry) {
  const isRunning = (now: number): boolean => lease !== undefined && lease.endsAt > now;
  return {
    isRunning,
    dueAt: lease === undefined ? dueAt : lease.endsAt + (lease.beganWith ?? 0),
    isSuspect: isSuspect || lease !== undefined,
  };
}
