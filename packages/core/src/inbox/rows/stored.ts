import type { AnyCallStatusEvent, Transition } from '../../event.ts';
import type { DeadLetter } from '../queries.ts';

/** SQLite cuts texts at NUL, PostgreSQL refuses it, and all lone surrogates are the same in UTF-8. */
const UNSTORABLE = /[\0\ud800-\udfff]/u;
const EACH_UNSTORABLE: RegExp = new RegExp(UNSTORABLE, 'gu');

/**
 * Whether every store keeps this text unchanged. An id that it would change could become that of another event.
 * @example isStorable('a\0b') // false
 */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * A text that every store can keep: not longer than `longest` characters, and with U+FFFD for NUL and lone surrogates. `null` if the value is
 * not a text.
 * @example storedText('a\0b', 256) // 'a\ufffdb'
 */
export function storedText(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.length > longest ? value.slice(0, longest) : value;
  return isStorable(text) ? text : text.replaceAll(EACH_UNSTORABLE, '\ufffd');
}

/**
 * A time as it leaves an inbox: ISO 8601, UTC.
 * @example isoOf(0) // '1970-01-01T00:00:00.000Z'
 */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** An event as it is stored. */
export interface StoredEvent {
  /** The whole event as JSON, without its transition. */
  readonly event: string;
  readonly transition: Transition;
}

/**
 * Builds an event from its row.
 * @example eventOf({ event: '{"id":"7","transition":null}', transition: 'advance' }).transition // 'advance'
 */
export function eventOf({ event, transition }: StoredEvent): AnyCallStatusEvent {
  // A copy would cost as much as parsing it.
  return Object.assign(JSON.parse(event), { transition });
}

/** More takes of one event than this would need centuries of retries; the product stays a safe integer for 2 ** 41 events. */
const MOST_TAKES = 4096;

/**
 * The fence of a job: it rises with each take of an event, and from event to event of a call.
 *
 * @param row the event's place in the order of recording, from 1
 * @param takes how often the event was taken, this time included
 * @example fenceOf(2, 1) > fenceOf(1, 5) // true
 */
export function fenceOf(row: number, takes: number): number {
  return row * MOST_TAKES + Math.min(takes, MOST_TAKES - 1);
}

/** The row of a dead letter, with its event. */
export interface StoredDeadLetter extends StoredEvent {
  /** How many attempts failed. */
  readonly failures: number;
  readonly error: string;
  /** The handler that threw it; `null` if none did. */
  readonly handler: string | null;
  /** In milliseconds since 1970. */
  readonly dead_at: number;
}

/**
 * Builds a dead letter from its row.
 * @example
 * ```ts
 * import { type DeadLetter, deadLetterOf, type StoredDeadLetter } from '@call-status/core/inbox';
 *
 * export function lettersOf(rows: readonly StoredDeadLetter[]): readonly DeadLetter[] {
 *   return rows.map(deadLetterOf);
 * }
 * ```
 */
export function deadLetterOf(row: StoredDeadLetter): DeadLetter {
  const { failures: attempts, error, handler, dead_at: deadAt } = row;
  return { event: eventOf(row), attempts, error, ...(handler !== null && { handler }), deadAt: isoOf(deadAt) };
}
