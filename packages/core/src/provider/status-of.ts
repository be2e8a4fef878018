import type { CallStatus } from '../event.ts';

/**
 * The normal form of a provider's status word: looked up as it is, then trimmed and in lower case; `unknown` if it is in neither.
 *
 * @example statusOf({ over: 'completed' }, ' Over') // 'completed'
 */
export function statusOf(statuses: Readonly<Record<string, CallStatus>>, rawStatus: string): CallStatus {
  return own(statuses, rawStatus) ?? own(statuses, rawStatus.trim().toLowerCase()) ?? 'unknown';
}

/** Words such as `constructor` are not in the table. */
function own(statuses: Readonly<Record<string, CallStatus>>, word: string): CallStatus | undefined {
  return Object.hasOwn(statuses, word) ? statuses[word] : undefined;
}
