import { text } from './lenient.ts';

/** `2026-06-02T14:30:45.000+05:30`, `2026-06-02 14:30:45 UTC`, `2026-06-02 14:30:45` */
const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(Z|UTC?|GMT|[+-]\d\d:?\d\d)| (\d\d:?\d\d))?$/i;

/** `Thu, 25 Jun 2026 20:26:02 +0000` */
const RFC_2822 =
  /^(?:[a-z]{3,9},? )?(\d{1,2}) ([a-z]{3})[a-z]* (\d{4}) (\d\d):(\d\d)(?::(\d\d))? *(Z|UTC?|GMT|[+-]\d\d:?\d\d|\d{4})?$/i;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Seconds or milliseconds since 1970, of any time in this century. */
const UNIX_SECONDS = /^\d{10}(?:\.\d+)?$/;
const UNIX_MILLISECONDS = /^\d{13}$/;

/** No callback was sent before. Earlier times say "not set": years 0 and 1, 1601, 1900, 1970 in any zone, … */
const EARLIEST = Date.UTC(1990, 0);
/** From here on as well: the last day that a format has. */
const LATEST = Date.UTC(9999, 0);

/**
 * A time in any common format that leaves no doubt, as ISO 8601 in UTC: ISO 8601 with `T` or a space, RFC 2822, or seconds or milliseconds
 * since 1970. Absent: anything else, a day that the calendar does not have, and what a provider writes for "not set".
 *
 * @param zone that of times that come without one, such as `+05:30`; without it, they are absent
 * @example time('Thu, 25 Jun 2026 20:26:02 +0000') // '2026-06-25T20:26:02.000Z'
 */
export function time(value: unknown, zone?: string): string | undefined {
  const given = text(value);
  if (given === undefined) return undefined;
  const at = fromRfc2822(given, zone) ?? fromIso8601(given, zone) ?? fromUnix(given);
  return at !== undefined && at >= EARLIEST && at < LATEST ? new Date(at).toISOString() : undefined;
}

function fromRfc2822(given: string, zone: string | undefined): number | undefined {
  const parts = RFC_2822.exec(given);
  if (parts === null) return undefined;
  const [, day, name = '', year, hour, minute, second, ownZone = zone] = parts;
  return instant([year, MONTHS.indexOf(name.toLowerCase()) + 1, day, hour, minute, second], ownZone);
}

function fromIso8601(given: string, zone: string | undefined): number | undefined {
  const parts = ISO_8601.exec(given);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', ownZone, unsigned = zone] = parts;
  const at = instant([year, month, day, hour, minute, second], ownZone ?? unsigned);
  return at && at + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function fromUnix(given: string): number | undefined {
  if (UNIX_SECONDS.test(given)) return Math.floor(Number(given) * 1000);
  return UNIX_MILLISECONDS.test(given) ? Number(given) : undefined;
}

/** Date.UTC would make March of the 30th of February, and of hour 24 the next day. */
function instant(parts: readonly (string | number | undefined)[], zone: string | undefined): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  const offset = minutesOf(zone);
  const date = Date.UTC(year, month - 1, day);
  const isDay = month >= 1 && month <= 12 && day >= 1 && new Date(date).getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined;
  return date + ((hour * 60 + minute - offset) * 60 + second) * 1000;
}

/** Minutes ahead of UTC. A plus that nobody escaped has become a space, or is gone. */
function minutesOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (hours === undefined) return 0;
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset > 14 * 60 || Number(minutes) > 59) return undefined;
  return sign === '-' ? -offset : offset;
}
