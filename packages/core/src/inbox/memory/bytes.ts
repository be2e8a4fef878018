import type { NewEvent } from '../inbox.ts';
import type { NewRefusal } from '../refusals.ts';

/** A call, with its entries in maps and lists. */
export const CALL_BYTES = 1536;
/** An event without the provider's fields: its own objects, its job, and a short error text. */
const EVENT_BYTES = 3072;
/** A rejected callback without its texts. */
const REFUSAL_BYTES = 1024;
/** A watched call without its texts. */
const WATCH_BYTES = 1024;
/** A field, with its name and its share of a hash table: names invented by a client are not shared with other events. */
const FIELD_BYTES = 176;
/** Two for the character, and some for the body around the field: a slice keeps the whole body in memory. */
const BYTES_PER_CHARACTER = 3;
/** No body is nested more deeply. */
const DEEPEST = 100;

/** A conservative estimate of an event's memory. Its other parts come from the provider's fields. */
export function sizeOf({ id, callId, raw }: NewEvent): number {
  return EVENT_BYTES + sizeOfText(id) + sizeOfText(callId) + sizeOfFields(raw, 0);
}

/** A conservative estimate of a rejected callback's memory. */
export function sizeOfRefusal(refusal: NewRefusal): number {
  return REFUSAL_BYTES + sizeOfText(JSON.stringify(refusal));
}

/** A conservative estimate of a watched call's memory. */
export function sizeOfWatch(watch: object): number {
  return WATCH_BYTES + sizeOfText(JSON.stringify(watch));
}

/** The memory of a text that is not a slice of another. */
export function sizeOfText(text: string): number {
  return 32 + 2 * text.length;
}

function sizeOfFields(value: unknown, depth: number): number {
  if (typeof value === 'string') return BYTES_PER_CHARACTER * value.length;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return 0;
  let size = 0;
  for (const each of Object.values(value)) {
    const isText = typeof each === 'string';
    size += FIELD_BYTES + (isText ? BYTES_PER_CHARACTER * each.length : sizeOfFields(each, depth + 1));
  }
  if (!Array.isArray(value)) for (const name in value) size += BYTES_PER_CHARACTER * name.length;
  return size;
}

/** A copy that does not keep the text in memory that it was sliced from, which may be a whole body. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
