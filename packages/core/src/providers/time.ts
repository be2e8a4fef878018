const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** A time in ISO 8601 with its zone, in UTC. Anything else is absent. */
export function iso8601(value: unknown): string | undefined {
  return typeof value === 'string' && ISO_8601.test(value) ? utc(Date.parse(value)) : undefined;
}

const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC?)$/;

/** A time in RFC 2822 (`Thu, 25 Jun 2026 20:26:02 +0000`), in UTC. Anything else is absent. */
export function rfc2822(value: unknown): string | undefined {
  return typeof value === 'string' && RFC_2822.test(value) ? utc(Date.parse(value)) : undefined;
}

function utc(milliseconds: number): string | undefined {
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
