/** The watched calls of the toy inbox. */
import { isTerminal } from '@call-status/core';
import {
  type Clock,
  checkOptions,
  checkSpan,
  type DueWatches,
  isInState,
  type NewWatch,
  NO_PROGRESS,
  type Page,
  type Watch,
  type WatchedCall,
  type Watches,
  type WatchHealth,
  type WatchKey,
  type WatchQuery,
  type WatchUpdate,
} from '@call-status/core/inbox';
import { keyOf, pageOf, RULES, type ToyCall } from './toy-calls.ts';

interface ToyWatch extends Omit<Watch, 'dueAt' | 'call'> {
  readonly dueMs: number;
}

export class ToyWatches implements Watches {
  readonly #now: Clock;
  readonly #calls: ReadonlyMap<string, ToyCall>;
  readonly #watches = new Map<string, ToyWatch>();
  #revision = 0;
  #leader = { owner: '', until: 0 };

  constructor(now: Clock, calls: ReadonlyMap<string, ToyCall>) {
    this.#now = now;
    this.#calls = calls;
  }

  async add(watches: readonly NewWatch[]): Promise<number> {
    const before = this.#watches.size;
    for (const { dueInMs, since = this.#iso(this.#now()), progress = NO_PROGRESS, ...watch } of watches) {
      const key = keyOfCall(watch);
      const dueMs = this.#now() + checkSpan(dueInMs);
      if (!this.#watches.has(key)) this.#watches.set(key, { ...watch, since, progress, dueMs, ...this.#next() });
    }
    return this.#watches.size - before;
  }

  async get(call: WatchedCall): Promise<Watch | undefined> {
    const watch = this.#watches.get(keyOfCall(call));
    return watch && this.#toWatch(watch);
  }

  async list(query: WatchQuery = {}): Promise<Page<Watch>> {
    checkOptions('query', query, RULES.watches);
    const { provider, state } = query;
    const found = this.#all().filter((watch) => provider === undefined || watch.provider === provider);
    const inState = found.filter((watch) => state === undefined || isInState(watch, state));
    return pageOf(inState.reverse(), query, (watch) => watch);
  }

  async due({ limit }: { readonly limit: number }): Promise<DueWatches> {
    const all = [...this.#watches.values()].sort((a, b) => a.dueMs - b.dueMs);
    const due = all.filter(({ dueMs }) => dueMs <= this.#now()).slice(0, limit);
    const next = all[due.length];
    const rows = due.map((watch) => this.#toWatch(watch));
    return { rows, ...(next && { nextInMs: Math.max(0, next.dueMs - this.#now()) }) };
  }

  async update(key: WatchKey, { dueInMs, progress }: WatchUpdate): Promise<boolean> {
    const watch = this.#find(key);
    if (watch === undefined) return false;
    const found = { progress: structuredClone(progress), dueMs: this.#now() + checkSpan(dueInMs), ...this.#next() };
    this.#watches.set(keyOfCall(key), { ...watch, ...found });
    return true;
  }

  async remove(key: WatchKey): Promise<boolean> {
    return this.#find(key) !== undefined && this.forget(key);
  }

  async lead(owner: string, leaseMs: number): Promise<boolean> {
    if (this.#leader.owner !== owner && this.#leader.until > this.#now()) return false;
    this.#leader = { owner, until: this.#now() + leaseMs };
    return leaseMs > 0;
  }

  forget(call: WatchedCall): boolean {
    return this.#watches.delete(keyOfCall(call));
  }

  health(): WatchHealth {
    const count = (state: keyof WatchHealth): number => this.#all().filter((watch) => isInState(watch, state)).length;
    return { missing: count('missing'), stuck: count('stuck'), failed: count('failed') };
  }

  #all(): Watch[] {
    return [...this.#watches.values()].map((watch) => this.#toWatch(watch));
  }

  #find(key: WatchKey): ToyWatch | undefined {
    const watch = this.#watches.get(keyOfCall(key));
    return watch?.revision === key.revision ? watch : undefined;
  }

  #next(): { readonly revision: number } {
    return { revision: ++this.#revision };
  }

  #toWatch({ dueMs, ...watch }: ToyWatch): Watch {
    const row = this.#calls.get(keyOfCall(watch))?.row;
    const call = row && {
      status: row.status,
      terminal: isTerminal(row.status),
      lastEventAt: this.#iso(row.last_event_at),
    };
    return { ...watch, dueAt: this.#iso(dueMs), ...(call && { call }) };
  }

  #iso(ms: number): string {
    return new Date(ms).toISOString();
  }
}

function keyOfCall({ provider, callId, tenant }: WatchedCall): string {
  return keyOf(provider, callId, tenant);
}
