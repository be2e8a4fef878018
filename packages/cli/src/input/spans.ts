import { wrongUsage } from '../cli-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The milliseconds of a span such as `30s`, `10m`, `1h` or `7d`.
 *
 * @param flag for the error: `--since`
 * @throws CliError wrong_usage
 */
export function spanOf(text: string, flag: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = UNITS[unit];
  if (number !== undefined && factor !== undefined) return Number(number) * factor;
  throw wrongUsage(`${flag} is not "${text}".`, 'It is a number with a unit: 30s, 10m, 1h, 7d.');
}

/**
 * The ISO time of a point in time: an ISO time or date, or a span, which is that long ago.
 *
 * @throws CliError wrong_usage
 */
export function timeOf(text: string, flag: string, nowMs: number = Date.now()): string {
  if (/^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  const before = /^[\d.]+[a-z]+$/.test(text) ? new Date(nowMs - spanOf(text, flag)) : undefined;
  // No date is further away than a hundred million days.
  if (before !== undefined && !Number.isNaN(before.getTime())) return before.toISOString();
  throw wrongUsage(
    `${flag} is not "${text}".`,
    'It is a time such as 2026-03-02T09:00:00Z, or how long ago: 10m, 1h, 7d.',
  );
}
