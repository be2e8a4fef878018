import { text } from './values.ts';

/** `2026-06-02T14:30:45.000+05:30`, `2026-06-02 14:30:45 UTC`, `2026-06-02 14:30:45` */
const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([Zz]|[Uu][Tt][Cc]?|[Gg][Mm][Tt]|[+-]\d\d(?::?\d\d)?)| (\d\d:?\d\d))?$/;

/** `Thu, 25 Jun 2026 20:26:02 +0000` */
const RFC_2822 =
  /^(?:[A-Za-z]{3,9},? +)?(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}) (\d\d):(\d\d)(?::(\d\d))? *([Zz]|[Uu][Tt][Cc]?|[Gg][Mm][Tt]|[+-]\d\d:?\d\d|\d{4})?$/;

/** The name of a zone behind its offset: `+0530 IST`, `+0000 (UTC)`. */
const ZONE_NAME = /(?<=[+-]\d\d:?\d\d) (?:[A-Z]{2,5}|\([A-Za-z ]{2,40}\))$/;

const MONTHS: ReadonlyMap<string, number> = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name, at) => [
    name,
    at + 1,
  ]),
);

/** Seconds or milliseconds since 1970, for any time in this century. */
const UNIX_SECONDS = /^\d{10}(?:\.\d+)?$/;
const UNIX_MILLISECONDS = /^\d{13}$/;

/** No callback is older. Earlier times mean "not set": years 0 and 1, 1601, 1900, 1970 in any zone, … */
const EARLIEST = Date.UTC(1990, 0);
/** Later times mean it too: the last day of a format. */
const LATEST = Date.UTC(9999, 0);

/**
 * Converts a time in any common unambiguous format to ISO 8601 in UTC: ISO 8601 with `T` or a space, RFC 2822, or seconds or milliseconds
 * since 1970. Everything else is absent, including days that do not exist and values that mean "not set".
 *
 * @param zone the zone of times without one, such as `+05:30`; without it, such times are absent
 * @example time('Thu, 25 Jun 2026 20:26:02 +0000') // '2026-06-25T20:26:02.000Z'
 */
export function time(value: unknown, zone?: string): string | undefined {
  const given = text(value)?.replace(ZONE_NAME, '');
  if (given === undefined) return undefined;
  const at = fromRfc2822(given, zone) ?? fromIso8601(given, zone) ?? fromUnix(given);
  return at !== undefined && at >= EARLIEST && at < LATEST ? new Date(at).toISOString() : undefined;
}

function fromRfc2822(given: string, zone: string | undefined): number | undefined {
  const parts = RFC_2822.exec(given);
  if (parts === null) return undefined;
  const [, day, name = '', year, hour, minute, second = '0', ownZone = zone] = parts;
  return instant(
    Number(year),
    MONTHS.get(name.toLowerCase()) ?? 0,
    Number(day),
    secondsOf(hour, minute, second),
    ownZone,
  );
}

function fromIso8601(given: string, zone: string | undefined): number | undefined {
  const parts = ISO_8601.exec(given);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', ownZone, unsigned = zone] = parts;
  const at = instant(Number(year), Number(month), Number(day), secondsOf(hour, minute, second), ownZone ?? unsigned);
  return at && at + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function fromUnix(given: string): number | undefined {
  if (UNIX_SECONDS.test(given)) return Math.floor(Number(given) * 1000);
  return UNIX_MILLISECONDS.test(given) ? Number(given) : undefined;
}

/** Seconds of the day; `NaN` for a time that does not exist. */
function secondsOf(hour: string | undefined, minute: string | undefined, second: string): number {
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  return hours > 23 || minutes > 59 || seconds > 59 ? Number.NaN : (hours * 60 + minutes) * 60 + seconds;
}

/** Date.UTC would turn February 30 into a day in March. */
function instant(
  year: number,
  month: number,
  day: number,
  seconds: number,
  zone: string | undefined,
): number | undefined {
  const offset = minutesOf(zone);
  const date = Date.UTC(year, month - 1, day);
  const isDay = month >= 1 && month <= 12 && new Date(date).getUTCDate() === day;
  if (!isDay || Number.isNaN(seconds) || offset === undefined) return undefined;
  return date + (seconds - offset * 60) * 1000;
}

/** Minutes ahead of UTC. An unescaped plus has become a space or is gone. */
function minutesOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (/^[a-z]/i.test(zone)) return 0;
  const digits = zone.replace(/\D/g, '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours * 60 + minutes > 14 * 60 || minutes > 59) return undefined;
  return zone.startsWith('-') ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** Hours and minutes before or after UTC, two digits each: `+05:30`. */
export type Zone = `${'+' | '-'}${number}:${number}`;

/** With an invalid zone, such as a single digit, every event would lose its time. */
const ZONE = /^[+-](?:0\d|1[0-4]):[0-5]\d$/;

/**
 * Whether something is a {@link Zone}: for an option of your provider.
 * @example isZone('+05:30') // true
 */
export function isZone(given: unknown): given is Zone {
  return typeof given === 'string' && ZONE.test(given);
}
