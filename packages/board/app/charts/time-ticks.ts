const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];

/** How far a zone is from UTC at a time, in milliseconds. */
export type Offset = (ms: number) => number;

/** The zone of the viewer. */
export const viewerOffset: Offset = (ms) => -new Date(ms).getTimezoneOffset() * MINUTE;

export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

/** At most `most` round times of the viewer's clock. Midnight is a date. */
export function timeTicks(fromMs: number, untilMs: number, most: number, offset: Offset = viewerOffset): TimeTick[] {
  const step = STEPS.find((candidate) => (untilMs - fromMs) / candidate <= most) ?? 7 * DAY;
  // A zone may change its offset within the range, by a quarter of an hour or more.
  const stride = Math.min(step, 15 * MINUTE);
  const ticks: TimeTick[] = [];
  for (let ms = Math.ceil(fromMs / stride) * stride; ms < untilMs; ms += stride) {
    const local = ms + offset(ms);
    if (local % step === 0) ticks.push({ ms, label: local % DAY === 0 ? dayOf(local) : clockOf(local) });
  }
  return ticks;
}

/** A bucket in words: `Mon 30, 14:00–15:00`. */
export function bucketName(fromMs: number, bucketMs: number, offset: Offset = viewerOffset): string {
  const until = fromMs + bucketMs;
  const from = fromMs + offset(fromMs);
  return `${dayOf(from)}, ${clockOf(from)}–${clockOf(until + offset(until))}`;
}

/** When the buckets of a range begin, so that they are round on the viewer's clock and the last one has begun. */
export function rangeStart(nowMs: number, rangeMs: number, bucketMs: number, offset: Offset = viewerOffset): number {
  const local = nowMs + offset(nowMs);
  return nowMs - (local % bucketMs) - rangeMs + bucketMs;
}

function clockOf(localMs: number): string {
  return new Date(localMs).toISOString().slice(11, 16);
}

function dayOf(localMs: number): string {
  return new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', timeZone: 'UTC' })
    .format(localMs)
    .replace(/^(\d+) (\w+)$/, '$2 $1');
}
