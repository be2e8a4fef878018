import type { AnyCallStatusEvent, CallStatus, Direction, Transition } from '../event.ts';

/** What messages say about an event that was recorded, for figures about calls. */
export interface AboutEvent {
  readonly endsCall: boolean;
  readonly status: CallStatus;
  readonly direction?: Direction;
  readonly durationSeconds?: number;
  readonly mos?: number;
}

/** What is only known once a call has ended is left out before, so that each call counts once. */
export function aboutEvent(
  { status, direction, terminal, durationSeconds, quality: { mos = 0 } = {} }: Omit<AnyCallStatusEvent, 'transition'>,
  transition: Transition,
): AboutEvent {
  const endsCall = terminal && transition === 'advance';
  return {
    endsCall,
    status,
    ...(direction !== undefined && { direction }),
    ...(endsCall && durationSeconds !== undefined && { durationSeconds }),
    // Some providers send 0 for a call without a score.
    ...(endsCall && mos >= 1 && mos <= 5 && { mos }),
  };
}
