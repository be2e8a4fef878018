import type { AnyCallStatusEvent, CallStatus, Clock, Unrecorded } from '@call-status/core';

/** A clock that only moves when it is told to. */
export interface ManualClock {
  readonly now: Clock;
  /** Moves it forward and returns the new time. */
  advance(ms: number): number;
}

export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
      return time;
    },
  };
}

const ENDED: readonly CallStatus[] = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** An event of a made-up provider, received now. */
export function acmeEvent(
  clock: Clock,
  callId: string,
  status: CallStatus,
  more: { readonly id?: string; readonly provider?: string; readonly raw?: unknown } = {},
): Unrecorded {
  const { provider = 'acme', id = `${provider}:${callId}:${status}`, raw = { state: status } } = more;
  return {
    provider,
    id,
    callId,
    status,
    rawStatus: status,
    terminal: ENDED.includes(status),
    receivedAt: new Date(clock()).toISOString(),
    trust: 'none',
    raw,
  };
}

/** A second opinion on the transitions: what each of the statuses does, in the order given. */
export function expectedTransitions(statuses: readonly CallStatus[]): AnyCallStatusEvent['transition'][] {
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
