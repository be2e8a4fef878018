import { type CallStatus, type Direction, isTerminal, type Leg } from '../event.ts';

/**
 * Whether the other party picked up, if the status does not tell: a provider may report `completed` for an inbound call that no agent took,
 * and `in-progress` as soon as the first party is on the line. The duration of the conversation and the other party's legs decide instead.
 *
 * @param status the status of the call
 * @param seconds the length of the conversation
 * @param legs the leg of the party in `from`, then that of the party in `to`
 * @param direction the direction of the call
 * @returns `null` if unknown
 * @example
 * ```ts
 * import { answeredByLegs } from '@call-status/core/provider';
 *
 * answeredByLegs('completed', 0, [{ status: 'completed' }, { status: 'no-answer' }], 'outbound'); // false
 * ```
 */
export function answeredByLegs(
  status: CallStatus,
  seconds: number | undefined,
  legs: readonly Leg[],
  direction: Direction | undefined,
): boolean | null {
  // The first leg is the party in `from`, who only waits; an inbound call may come with the leg of an agent and no other. Without a
  // conversation, that leg is of a caller who waited or left a message.
  const isAgents = legs.length === 1 && direction === 'inbound' && !(seconds === 0 && isTerminal(status));
  const others = isAgents ? legs : legs.slice(1);
  if ((seconds ?? 0) > 0 || others.some(isTaken)) return true;
  if (!isTerminal(status)) return null;
  if (status !== 'completed') return false;
  const isKnown = seconds === 0 || (others.length > 0 && !others.some((leg) => leg.status === 'unknown'));
  return isKnown || legs.some(({ status: first }) => first !== undefined && REFUSED.has(first)) ? false : null;
}

const REFUSED: ReadonlySet<CallStatus> = new Set(['canceled', 'busy', 'no-answer', 'failed']);

function isTaken({ status, durationSeconds, answeredBy: by }: Leg): boolean {
  if ((durationSeconds ?? 0) > 0 || (by !== undefined && by !== 'unknown')) return true;
  return status === 'in-progress' || (status === 'completed' && durationSeconds === undefined);
}
