import { readFileSync } from 'node:fs';
import type { Clock } from '@call-status/core';

/** A moment, by three clocks, in whole milliseconds. */
export interface Now {
  /** Since 1970, as the system tells it: it can be set, in either direction. For people, and for retention. */
  readonly wall: number;
  /** On a clock that is never set, and is the same in all processes of a host. */
  readonly mono: number;
  /** About the time since 1970, on a clock that is never set back: when work is due, and when leases end. */
  readonly steady: number;
}

/** Tells the times; `undefined`: whoever needs a time looks at the clocks of the host. */
export type Times = () => Now | undefined;

/** Milliseconds since the host started, in every process and every thread alike. */
export function monotonic(): number {
  return Math.trunc(Number(process.hrtime.bigint()) / 1e6);
}

/**
 * The times by a clock that a test gave: what has passed by it has passed, and a step back stops it only for the step itself, so that
 * nothing that waits for a time waits longer.
 *
 * @param mono tells how much time really passed
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

/** Differs after each start of the host, where the system tells it: `monotonic` begins again then. */
export const BOOT: string = bootId('/proc/sys/kernel/random/boot_id');

/** @param file where Linux tells it */
export function bootId(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
