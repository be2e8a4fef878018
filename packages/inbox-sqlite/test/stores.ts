import type { AnyCallStatusEvent } from '@call-status/core';
import { eventOf } from '@call-status/core/inbox';
import { onTestFinished } from 'vitest';
import type { Now } from '../src/database/clock.ts';
import { loadEngine } from '../src/database/engine.ts';
import { openDatabase } from '../src/database/open.ts';
import { Store } from '../src/store/store.ts';
import type { SweepPlace } from '../src/store/sweep.ts';

/** The same time by all clocks. */
export const t = (time: number): Now => ({ wall: time, mono: time, steady: time });

/** Where a sweep begins. */
export const FIRST: SweepPlace = { at: Number.MIN_SAFE_INTEGER, row: 0, provider: undefined };

/** A store that is closed after the test. */
export function open(path: string): Store {
  const store = new Store(openDatabase(loadEngine(), path, { create: true, waitMs: 0 }), path, t(0));
  onTestFinished(() => store.close());
  return store;
}

/** Runs in a transaction. */
export function within<T>(store: Store, run: () => T): T {
  store.begin();
  const result = run();
  store.commit();
  return result;
}

/** A request for jobs. */
export const REQUEST = { limit: 100, leaseMs: 1000, owner: 'test' };

/** A taken job. */
export interface TakenJob {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
  readonly suspect: boolean;
  readonly event: AnyCallStatusEvent;
}

/** Takes due jobs. */
export function take(store: Store, now: number, limit = REQUEST.limit): TakenJob[] {
  const { jobs } = store.take({ ...REQUEST, limit }, t(now));
  return jobs.map(([id, token, failures, , suspect, , , event, transition]) => ({
    id,
    token,
    attempt: failures + 1,
    suspect,
    event: eventOf({ event, transition }),
  }));
}
