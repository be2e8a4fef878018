/** How providers write ids and times. */

/** Shows in every call id that the call was made up. */
const PREFIX = '5ca11';

/** So many hexadecimal digits. */
export function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

/** Hexadecimal digits that begin with those of every made-up call. */
export function hexId(number: number, digits: number): string {
  return PREFIX + hex(number, digits - PREFIX.length);
}

/** A UUID of a made-up call. */
export function uuid(number: number): string {
  return `${PREFIX}000-0000-4000-8000-${hex(number, 12)}`;
}

/** A UUID of anything else. */
export function uuidOf(id: string): string {
  return `00000000-0000-4000-8000-${id}`;
}

/** `2026-01-01T12:00:00.000Z`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** `Thu, 01 Jan 2026 12:00:00 +0000`. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

/** `2026-01-01 12:00:00`, without a zone. */
export function sql(ms: number): string {
  return iso(ms).slice(0, 19).replace('T', ' ');
}
