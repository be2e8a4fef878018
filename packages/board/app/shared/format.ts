/** How times, lengths and counts are written. */

/** @example formatAgo(90_000) // '1 min' */
export function formatSpan(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago, for a text that ticks: without fractions of seconds. */
export function formatAgo(ms: number): string {
  if (ms < -1000) return `in ${formatSpan(Math.round(-ms / 1000) * 1000).replace('.0', '')}`;
  return ms < 1000 ? 'now' : `${formatSpan(Math.round(ms / 1000) * 1000).replace('.0', '')} ago`;
}

/** The length of a call. @example formatLength(62) // '1:02' */
export function formatLength(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A span on a time axis, to the second. @example formatDuration(90_000) // '1:30' */
export function formatDuration(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  return seconds < 59.5 ? formatSpan(ms).replace('.0 ', ' ') : formatLength(seconds);
}

const COUNT = new Intl.NumberFormat('en-US');

/** @example formatCount(12345) // '12,345' */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** @example plural(2, 'event') // '2 events' */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

/** A short time. @example formatMs(0.42) // '0.4 ms' */
export function formatMs(ms: number): string {
  if (ms >= 1000) return formatSpan(ms);
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** @example formatBytes(12_300_000) // '12.3 MB' */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** @example formatPercent(0.4) // '0.4 %' */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(percent > 0 && percent < 10 ? 1 : 0)} %`;
}
