import { randomInt, randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A new call id that looks like another one: the same length, letters for letters, digits for digits, and the same beginning, such as `CA`.
 * Otherwise a callback that is sent again would be a duplicate.
 */
export function freshId(like: string): string {
  if (UUID.test(like)) return randomUUID();
  const [prefix = ''] = /^(?:[A-Z]{2}|v\d:|[a-z]+_|[a-z]-)/.exec(like) ?? [];
  const rest = like.slice(prefix.length);
  const isHex = /^[0-9a-f-]+$/.test(rest) && /[a-f]/.test(rest);
  return prefix + rest.replace(/[0-9a-z]/gi, (character) => similar(character, isHex));
}

function similar(character: string, isHex: boolean): string {
  if (isHex) return pick('0123456789abcdef');
  if (/\d/.test(character)) return pick('123456789');
  return /[a-z]/.test(character) ? pick('abcdefghijklmnopqrstuvwxyz') : pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}
