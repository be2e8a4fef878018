import { transitionOf } from '../src/call.ts';
import { type AnyCallStatusEvent, type CallStatus, isTerminal } from '../src/event.ts';

export const START = Date.UTC(2026, 0, 1);
export const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

export type Details = Partial<Omit<AnyCallStatusEvent, 'status' | 'terminal'>>;

export function event(status: CallStatus, details: Details = {}): AnyCallStatusEvent {
  return {
    provider: 'acme',
    id: `c1:${status}`,
    callId: 'c1',
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    transition: 'advance',
    receivedAt: at(0),
    source: 'callback',
    trust: 'none',
    raw: {},
    ...details,
  } as AnyCallStatusEvent;
}

/** The events in the order of their arrival, each with the transition that an inbox gives it; duplicates are dropped. */
export function arrive(events: readonly AnyCallStatusEvent[]): AnyCallStatusEvent[] {
  let current: CallStatus | undefined;
  const known = new Map<string, AnyCallStatusEvent>();
  for (const next of events) {
    if (known.has(next.id)) continue;
    const transition = transitionOf(current, next.status);
    known.set(next.id, { ...next, transition });
    if (transition === 'advance') current = next.status;
  }
  return [...known.values()];
}
