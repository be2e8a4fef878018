/** How figures of charts are written. */

const COUNT = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { notation: 'compact' });

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** For an axis. @example formatShort(12_000) // '12K' */
export function formatShort(count: number): string {
  return SHORT.format(count);
}

/** @example formatPercent(0.4) // '0.4 %' */
export function formatPercent(percent: number): string {
  const digits = percent > 0 && percent < 10 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
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
  return score.toFixed(1);
}
