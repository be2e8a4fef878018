import { isCallStatusError } from '../errors.ts';

/** A thrown text can be a whole response body, and is read back with each list of dead letters. */
const LONGEST = 2000;

/** What is stored of what a handler threw, which may be anything: a proxy, or an error whose message is no text. */
export function textOf(cause: unknown): string {
  try {
    return bounded(textOfAnything(cause));
  } catch {
    return 'What was thrown cannot be shown.';
  }
}

/** The beginning of a text that is too long to be stored. */
export function bounded(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length} characters)`;
}

function textOfAnything(cause: unknown): string {
  if (isCallStatusError(cause)) return `${cause.code}: ${cause.message}`;
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return typeof cause === 'string' ? cause : 'What was thrown is no error.';
}
