import type { AnyCallStatusEvent, CallStatus, Direction, Transition } from '@call-status/core';

// What goes from one thread to another for each event is a tuple: an object's names would go with it each time.

/** What a store needs of an event to record it. */
export type EventColumns = readonly [
  provider: string,
  tenant: string,
  callId: string,
  id: string,
  status: CallStatus,
  terminal: boolean,
  /** Milliseconds since 1970. */
  receivedAt: number,
  direction: Direction | null,
  from: string | null,
  to: string | null,
  answered: 0 | 1 | null,
  durationSeconds: number | null,
  /** Milliseconds since 1970, as are the next. */
  answeredAt: number | null,
  inProgressAt: number | null,
  /** All of it but its transition. */
  json: string,
];

/** What recording an event found. The row is 0 for a duplicate. */
export type RecordedRow = readonly [row: number, transition: Transition, done: boolean];

/**
 * An event that a worker took; its done handlers are JSON. There is no stored event when whoever took it has it already,
 * see `RecentEvents`.
 */
export type TakenRow = readonly [
  row: number,
  eventId: string,
  token: string,
  failures: number,
  interruptions: number,
  suspect: boolean,
  takes: number,
  doneHandlers: string,
  stored?: StoredEvent,
];

/** What a worker got. */
export interface TakenRows {
  readonly jobs: readonly TakenRow[];
  readonly nextInMs: number | undefined;
  readonly suspects: boolean;
  readonly more: boolean;
}

/** An event as it is stored. */
export interface StoredEvent {
  /** All of it but its transition, as JSON. */
  readonly event: string;
  readonly transition: Transition;
}

/** The place of a row in an index of times. */
export interface Place {
  readonly at: number;
  readonly row: number;
}

/** Before all rows. */
export const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

/** After all rows. */
export const LAST: Place = { at: Number.MAX_SAFE_INTEGER, row: 0 };

/** Times are milliseconds since 1970 inside, and ISO 8601 outside. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Makes the event that is stored. */
export function eventOf({ event, transition }: StoredEvent): AnyCallStatusEvent {
  return { ...JSON.parse(event), transition };
}
