// A worker on an inbox in memory, in fake time.
import { afterEach, beforeEach, vi } from 'vitest';
import type { CallStatusError } from '../src/errors.ts';
import { type AnyCallStatusEvent, type CallStatus, isTerminal } from '../src/event.ts';
import { Worker } from '../src/handlers/worker.ts';
import type { ProviderRules, WorkerOptions } from '../src/handlers/worker-options.ts';
import type { HandlerContext } from '../src/handlers.ts';
import type { Inbox, NewEvent } from '../src/inbox/inbox.ts';
import { memoryInbox } from '../src/inbox/memory-inbox.ts';
import { Outage } from '../src/inbox/outage.ts';
import { nodeTimers } from '../src/timer.ts';

vi.mock('../src/timer.ts', () => import('./global-timers.ts'));

export const LEASE_MS = 15_000;
export const POLL_MS = 1000;
export const log = { info() {}, warn() {}, error() {} };

export type Handle = (event: AnyCallStatusEvent, context: HandlerContext) => unknown;

let workers: Worker[];
export let inbox: Inbox;
export let errors: CallStatusError[];
export let settled: [string, boolean][];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  workers = [];
  begin();
});
afterEach(async () => {
  for (const worker of workers) {
    const stopped = worker.stop(0);
    await pass(1);
    await stopped;
  }
  vi.useRealTimers();
  vi.restoreAllMocks();
});

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export function worker(
  handlers: Record<string, Handle>,
  { retry, handlerTimeoutMs, ...more }: Partial<WorkerOptions> & Partial<ProviderRules> = {},
): Worker {
  const list = Object.entries(handlers).map(([name, run]) => ({ name, run }));
  const rules = {
    retry: retry ?? { attempts: 3, backoff: (attempt: number) => attempt * 100 },
    handlerTimeoutMs: handlerTimeoutMs ?? Number.POSITIVE_INFINITY,
    concurrency: Number.POSITIVE_INFINITY,
  };
  const onError = (error: CallStatusError): void => void errors.push(error);
  const made = new Worker({
    inbox,
    outage: new Outage(() => (more.timers ?? nodeTimers).now(), onError),
    providers: new Map([['acme', rules]]),
    retry: rules.retry,
    handlersFor: () => list,
    owner: 'test',
    clock: Date.now,
    log,
    onError,
    beforeHandling: () => undefined,
    requestOf: () => undefined,
    settled: (eventId, handled) => settled.push([eventId, handled]),
    ...more,
  });
  workers.push(made);
  made.start();
  return made;
}

function event(callId: string, status: CallStatus): NewEvent {
  return {
    provider: 'acme',
    id: `${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'none',
    raw: {},
  };
}

export const record = (callId: string, status: CallStatus = 'ringing', tenant?: string) =>
  inbox.record(
    tenant === undefined ? event(callId, status) : { ...event(callId, status), tenant, id: `${tenant}:${callId}` },
  );

/** The same inbox with some methods replaced, for stores that fail or are slow. */
export function faulty(faults: Partial<Inbox>): Inbox {
  return new Proxy(inbox, {
    get(target, name) {
      const value = faults[name as keyof Inbox] ?? target[name as keyof Inbox];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A promise, and the functions that settle it. */
export function deferred<Value = void>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (cause: unknown) => void = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

export const codes = () => errors.map(({ code, details: { handler } }) => (handler ? `${code} ${handler}` : code));

/** The time jumps, and no timer has fired meanwhile: this thread was busy, or the process suspended. */
export function jump(ms: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

/** Begins with an empty inbox. */
export function begin(): void {
  inbox = memoryInbox();
  errors = [];
  settled = [];
}
