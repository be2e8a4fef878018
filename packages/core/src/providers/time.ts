const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** A time in ISO 8601 with its zone, in UTC. Anything else is absent. */
export function iso8601(value: unknown): string | undefined {
  return typeof value === 'string' && ISO_8601.test(value) ? utc(Date.parse(value)) : undefined;
}

const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC?)$/;

/** In UTC, and on a day that every month has: nearly all are such, and to bring them into the other form needs no calendar. */
const PLAIN_RFC_2822 =
  /^(?:[A-Z][a-z]{2}, )?(0[1-9]|1\d|2[0-8]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3}) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d) (?:\+0000|GMT)$/;
const MONTHS: Readonly<Record<string, string>> = {
  Jan: '01',
  Feb: '02',
  Mar: '03',
  Apr: '04',
  May: '05',
  Jun: '06',
  Jul: '07',
  Aug: '08',
  Sep: '09',
  Oct: '10',
  Nov: '11',
  Dec: '12',
};

/** A time in RFC 2822 (`Thu, 25 Jun 2026 20:26:02 +0000`), in UTC. Anything else is absent. */
export function rfc2822(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const plain = PLAIN_RFC_2822.exec(value);
  if (plain !== null) return `${plain[3]}-${MONTHS[plain[2] as string]}-${plain[1]}T${plain[4]}.000Z`;
  return RFC_2822.test(value) ? utc(Date.parse(value)) : undefined;
}

function utc(milliseconds: number): string | undefined {
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
