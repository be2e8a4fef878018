import { CallStatusError } from '@call-status/core';
import {
  type CallColumns,
  type CallRow,
  columnsOf,
  isStorable,
  mergeColumns,
  type NewEvent,
  type Recorded,
  transitionOf,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { overtaken } from './operation.ts';

/** An event on its way into the store. */
export interface Recording {
  readonly event: NewEvent;
  readonly columns: CallColumns;
  readonly json: string;
  readonly trace: string | undefined;
}

/** @throws CallStatusError `inbox_unavailable` if the event cannot be stored as JSON, or its ids as UTF-8 */
export function recordingOf(event: NewEvent, trace?: string): Recording {
  if (!isStorable(event.id) || !isStorable(event.callId) || !isStorable(event.tenant ?? '')) {
    throw new CallStatusError('inbox_unavailable', {
      hint: 'An id contains NUL or a lone surrogate, which PostgreSQL cannot store.',
    });
  }
  try {
    return { event, columns: columnsOf(event), json: JSON.stringify(event), trace };
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

/** A call as it will be after all events of a group, if it is new. */
export interface Draft {
  row: CallRow;
  readonly eventIds: Set<string>;
  /** Those of its events that turned out to be duplicates of removed ones. */
  readonly removed: Set<string>;
}

/** The drafts of the calls of a group, by key. */
export function draftsOf(recordings: readonly Recording[]): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const { columns } of recordings) {
    const key = keyOf(columns);
    const draft = drafts.get(key);
    if (draft === undefined) {
      const row = mergeColumns(undefined, columns, transitionOf(undefined, columns.status));
      drafts.set(key, { row, eventIds: new Set([columns.event_id]), removed: new Set() });
    } else if (!draft.eventIds.has(columns.event_id)) {
      draft.row = mergeColumns(draft.row, columns, transitionOf(draft.row.status, columns.status));
      draft.eventIds.add(columns.event_id);
    }
  }
  return drafts;
}

/** What identifies a call, as one text. */
export function keyOf({ provider, tenant, call_id: callId }: CallColumns): string {
  return `${provider}\0${tenant}\0${callId}`;
}

/** A call, as it is after the events decided so far. */
interface CallState {
  row: CallRow | undefined;
  isBusy: boolean;
  readonly eventIds: Set<string>;
  /** What its row was made from, if this group has just made it. */
  readonly draft: Draft | undefined;
}

/** An event to store, with what was decided. */
export interface Decided {
  readonly call: number;
  readonly recording: Recording;
  readonly transition: Recorded['transition'];
  /** Whether an earlier event of the call is unfinished. */
  readonly isBehind: boolean;
}

/** Decides the transitions of a group, one event after the other. */
export class Decisions {
  readonly events: Decided[] = [];
  /** Calls that this group has made for events that are all duplicates of removed ones. */
  readonly empty: number[] = [];
  readonly #calls = new Map<number, CallState>();
  readonly #drafts: ReadonlyMap<string, Draft>;
  readonly #isNew: Set<number>;
  readonly #locked: ReadonlySet<number>;

  /**
   * @param made the calls whose rows were made from the drafts; those that get an event are taken out
   * @param locked the calls that the group has locked
   */
  constructor(drafts: ReadonlyMap<string, Draft>, made: Set<number>, locked: ReadonlySet<number>) {
    this.#drafts = drafts;
    this.#isNew = made;
    this.#locked = locked;
  }

  /** @param known what the store says about the event and its call */
  decide(recording: Recording, known: Row): Recorded {
    if (known['known']) return { transition: 'duplicate', done: !known['unfinished'] };
    const call: number | null = known['id'];
    if (known['removed']) {
      this.#remove(call, recording);
      return { transition: 'duplicate', done: true };
    }
    // Without the lock, another process may decide from the same row.
    if (call === null || !this.#locked.has(call)) throw overtaken();
    return this.#add(call, recording, known);
  }

  /** The calls whose rows have to be changed: not those that are as they were made. */
  changed(): [call: number, row: CallRow][] {
    const changed: [number, CallRow][] = [];
    for (const [call, { row, draft }] of this.#calls) {
      if (row !== undefined && row.event_count !== draft?.row.event_count) changed.push([call, row]);
    }
    return changed;
  }

  #remove(call: number | null, { columns }: Recording): void {
    const draft = this.#drafts.get(keyOf(columns));
    if (call === null || draft === undefined || !this.#isNew.has(call)) return;
    draft.removed.add(columns.event_id);
    if (draft.removed.size === draft.eventIds.size) this.empty.push(call);
  }

  #add(call: number, recording: Recording, known: Row): Recorded {
    const { columns } = recording;
    const state = this.#calls.get(call) ?? this.#stateOf(call, columns, known);
    if (state.eventIds.has(columns.event_id)) return { transition: 'duplicate', done: false };
    const transition = transitionOf(state.row?.status, columns.status);
    this.events.push({ call, recording, transition, isBehind: state.isBusy });
    state.row = mergeColumns(state.row, columns, transition);
    state.isBusy = true;
    state.eventIds.add(columns.event_id);
    this.#calls.set(call, state);
    return { transition, done: false };
  }

  #stateOf(call: number, columns: CallColumns, known: Row): CallState {
    const draft = this.#isNew.delete(call) ? this.#drafts.get(keyOf(columns)) : undefined;
    const row = draft === undefined ? (known as CallRow) : undefined;
    return { row, isBusy: known['busy'], eventIds: new Set(), draft };
  }
}
