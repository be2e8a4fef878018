import type { CallStatus, Transition } from '@call-status/core';

const ENDED: readonly CallStatus[] = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** An independent implementation of transitions: what each status does, in the given order. */
export function expectedTransitions(statuses: readonly CallStatus[]): Transition[] {
  const live: readonly CallStatus[] = ['unknown', 'queued', 'initiated', 'ringing', 'in-progress'];
  const rank = (status: CallStatus) => (ENDED.includes(status) ? live.length : live.indexOf(status));
  let reached: CallStatus = 'unknown';
  return statuses.map((status) => {
    if (status === 'unknown' || status === reached) return 'repeat';
    if (rank(status) < rank(reached)) return 'late';
    if (rank(status) === rank(reached)) return 'conflict';
    reached = status;
    return 'advance';
  });
}
