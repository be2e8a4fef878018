import { time } from '@call-status/core/provider';
import type { ProviderLike } from '../provider-like.ts';
import { mapLeaves } from './fields.ts';

type Definition = ProviderLike['definition'];

/**
 * The fields of a callback with all their times moved by the same span, so that the event occurred at the given time. Each keeps its format
 * and zone. The span is in whole seconds, so the call keeps its durations, and nothing occurs later than the given time.
 */
export function moveTimes(definition: Definition, fields: unknown, occurredAtMs: number): unknown {
  const fixtureMs = occurredMs(definition, fields);
  if (fixtureMs === undefined) return fields;
  const byMs = Math.floor((occurredAtMs - fixtureMs) / 1000) * 1000;
  // Digits of a phone number or an id may read as a time, but hardly as one of the same day.
  const isOfTheCall = (at: number | undefined): boolean => at !== undefined && Math.abs(at - fixtureMs) < DAY_MS;
  return mapLeaves(fields, (value) => (isOfTheCall(msOf(value)) ? moved(value, byMs) : value));
}

const DAY_MS = 86_400_000;

/** When the event occurred; if the provider does not say so, the end of the call as far as it is known, or the last time in the fields. */
function occurredMs(definition: Definition, fields: unknown): number | undefined {
  const { occurredAt, startedAt, durationSeconds = 0 } = normalFormOf(definition, fields);
  const startedMs = msOf(startedAt);
  return msOf(occurredAt) ?? (startedMs === undefined ? lastMs(fields) : startedMs + durationSeconds * 1000);
}

function normalFormOf({ normalize }: Definition, fields: unknown): Partial<ReturnType<Definition['normalize']>> {
  try {
    return normalize(fields, {});
  } catch {
    return {};
  }
}

function lastMs(fields: unknown): number | undefined {
  let last: number | undefined;
  mapLeaves(fields, (value) => {
    // A text of digits is more likely a phone number.
    const at = typeof value === 'string' && /^\d+$/.test(value) ? undefined : msOf(value);
    if (at !== undefined && (last === undefined || at > last)) last = at;
    return value;
  });
  return last;
}

/** A time without a zone is taken for UTC: all that matters is the span between it and others. */
function msOf(value: unknown): number | undefined {
  const at = time(value, '+00:00');
  return at === undefined ? undefined : Date.parse(at);
}

/** What a time begins with: its zone and the fraction of its second stay as they are. */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d(?::\d\d)?)/;
const RFC_2822 = /^(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)?/;
const UNIX = /^\d+/;

function moved(value: unknown, byMs: number): unknown {
  if (typeof value === 'number') return value + (value < 1e11 ? byMs / 1000 : byMs);
  return String(value)
    .replace(ISO_8601, (_, day: string, separator: string, clock: string) => {
      const [newDay = '', newClock = ''] = new Date(Date.parse(`${day}T${clock}Z`) + byMs).toISOString().split('T');
      return newDay + separator + newClock.slice(0, clock.length);
    })
    .replace(RFC_2822, (local) => {
      const text = new Date(Date.parse(`${local} GMT`) + byMs).toUTCString().replace(' GMT', '');
      return local.includes(',') ? text : text.slice('Thu, '.length);
    })
    .replace(UNIX, (digits) => (digits.length >= 10 ? String(moved(Number(digits), byMs)) : digits));
}
