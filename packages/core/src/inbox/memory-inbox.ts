import { getHeapStatistics } from 'node:v8';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import type { Clock } from '../timer.ts';
import type { Inbox } from './inbox.ts';
import { MemoryInbox } from './memory/inbox.ts';

/** How much a memory inbox keeps. */
export interface MemoryInboxOptions {
  /**
   * How much memory it may use, in bytes, by a conservative estimate. When it is full, it drops the calls that have been idle longest:
   * ended calls first, then live ones, then those with dead letters. It never drops a call with unfinished jobs; when only such calls are
   * left, `record` rejects, so that the provider retries.
   * @default a quarter of the heap's limit (`--max-old-space-size`)
   */
  readonly maxBytes?: number;
  /**
   * The maximum number of calls to keep; when it is full, it drops calls in the same order.
   * @default 100_000
   */
  readonly maxCalls?: number;
  /**
   * How long an ended call is kept after its last event, in milliseconds; until then, duplicates are recognized. A live call is kept seven
   * times as long. `Infinity`: as long as there is room.
   * @default 86_400_000 (24 hours)
   */
  readonly retentionMs?: number;
  /**
   * The time, for tests. Without it, changes of the system clock neither delay jobs nor remove calls.
   * @default Date.now, and a monotonic clock for durations
   */
  readonly clock?: Clock;
}

/**
 * An inbox in the memory of this process: fast, but lost with the process. A crash loses events that were acknowledged but not yet handled;
 * use a durable inbox where that matters.
 *
 * Its memory is bounded by `maxBytes` and `maxCalls`. An event of a call that it has dropped starts a new call, so its handlers run again.
 *
 * @throws CallStatusError `invalid_options`; and from `record`: `closed` after `close()`, `inbox_unavailable` when it is full of
 * unfinished jobs
 * @example
 * ```ts
 * import { createCallStatus, memoryInbox, signalwire } from '@call-status/core';
 *
 * const calls = createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   inbox: memoryInbox({ maxBytes: 64 * 1024 * 1024 }),
 * });
 * ```
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  checkOptions('options', options, OPTIONS);
  const {
    maxBytes = Math.floor(getHeapStatistics().heap_size_limit * SHARE_OF_HEAP),
    maxCalls = 100_000,
    retentionMs = 86_400_000,
    clock,
  } = options;
  return new MemoryInbox({ maxBytes, maxCalls, retentionMs }, clock);
}

const SHARE_OF_HEAP = 1 / 4;

const OPTIONS: OptionRules<MemoryInboxOptions> = {
  maxBytes: { expected: 'a whole number of bytes, 1 or more', fits: (value) => isWhole(value) && value >= 1 },
  maxCalls: { expected: 'a whole number, 1 or more', fits: (value) => isWhole(value) && value >= 1 },
  // At 0, duplicates would not be recognized even a moment later.
  retentionMs: { expected: 'milliseconds, more than 0', fits: (value) => typeof value === 'number' && value > 0 },
  clock: { expected: 'a function such as Date.now', fits: (value) => typeof value === 'function' },
};

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
