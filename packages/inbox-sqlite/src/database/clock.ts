import { readFileSync } from 'node:fs';
import type { Clock } from '@call-status/core/inbox';

/** A moment by three clocks, in whole milliseconds. */
export interface Now {
  /** System time since 1970, which can be set in either direction. For people, and for retention. */
  readonly wall: number;
  /** Monotonic time, the same in all processes of a host. */
  readonly mono: number;
  /** Monotonic time, roughly since 1970. Decides when jobs are due and leases end. */
  readonly steady: number;
}

/** The current times, or `undefined` to use the clocks of the host. */
export type Times = () => Now | undefined;

/** Milliseconds since the host started, the same in every process and thread. */
export function monotonic(): number {
  return Math.trunc(Number(process.hrtime.bigint()) / 1e6);
}

/**
 * The times by a clock that a test sets. Steady time advances with it and ignores steps back, so that nothing waits longer because of one.
 *
 * @param mono the monotonic clock
 */
export function timesBy(clock: Clock | undefined, mono: () => number = monotonic): Times {
  if (clock === undefined) return () => undefined;
  let last = Math.trunc(clock());
  let steady = last;
  return () => {
    const wall = Math.trunc(clock());
    if (wall > last) steady += wall - last;
    last = wall;
    return { wall, mono: mono(), steady };
  };
}

/** Identifies the start of the host, if the system has such an id: `monotonic` starts over with it. */
export const BOOT: string = bootId('/proc/sys/kernel/random/boot_id');

/** @param file the file in which Linux provides it */
export function bootId(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
