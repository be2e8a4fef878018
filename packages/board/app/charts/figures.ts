/** How figures of charts are written. */

const SHORT = new Intl.NumberFormat('en', { notation: 'compact' });

/** For an axis. @example formatShort(12_000) // '12K' */
export function formatShort(count: number): string {
  return SHORT.format(count);
}

/** @example formatSeconds(150) // '2:30 min' */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  const whole = Math.round(seconds);
  const [big, unit] = whole < 3600 ? [60, 'min'] : [3600, 'h'];
  const rest = Math.floor(((whole % big) * 60) / big);
  return `${Math.floor(whole / big)}${rest ? `:${String(rest).padStart(2, '0')}` : ''} ${unit}`;
}

/** @example formatScore(4.25) // '4.3' */
export function formatScore(score: number): string {
  return String(Number(score.toFixed(1)));
}
