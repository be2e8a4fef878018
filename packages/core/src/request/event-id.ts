import { createHash } from 'node:crypto';
import { isPrintable } from '../text/printable.ts';
import { hasFewDigits, mayHavePhoneNumber } from '../text/redact.ts';

/** Longer event ids are replaced by their hash. */
const LONGEST_EVENT_ID = 256;

/**
 * The id of an event: `provider:callId:key`, or `provider@tenant:callId:key`. Ids are unique: only the last part may contain a separator,
 * and no part can equal the hash of another. Since ids are logged, parts that may contain a phone number or are not printable are replaced
 * by their hash.
 */
export function eventId(provider: string, tenant: string | undefined, callId: string, key: string): string {
  const whose =
    tenant === undefined ? provider : `${provider}@${hashedIf(mayHavePhoneNumber(tenant), escaped(tenant))}`;
  const id = `${whose}:${hashedIf(mayHavePhoneNumber(callId), escaped(callId))}:${hashedIf(hasPhoneNumber(key), notAsHash(key))}`;
  return id.length <= LONGEST_EVENT_ID && isPrintable(id) ? id : `${provider}:sha256-${sha256(id)}`;
}

/** Checks each part of a key separately: two adjacent durations are not a phone number. */
function hasPhoneNumber(key: string): boolean {
  return !hasFewDigits(key) && key.split(key.includes('\\') ? BORDER : '|').some(mayHavePhoneNumber);
}

/** A separator that is not escaped. */
const BORDER = /(?<!\\)\|/;

function hashedIf(isHidden: boolean, part: string): string {
  return isHidden ? `sha256-${sha256(part)}` : part;
}

/** Ends at the first colon, and is not a hash. */
function escaped(part: string): string {
  return /[:%]|^sha256-/.test(part) ? part.replace(/[:%]|^s(?=ha256-)/g, encode) : part;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A key that looks like a hash gets one more percent sign in front. */
function notAsHash(key: string): string {
  return /^%*sha256-/.test(key) ? `%${key}` : key;
}

/** Hashes code units, because UTF-8 makes all unpaired surrogates the same. */
function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}
