import type { DeadRow, Handling } from '../../src/api/types.ts';

/** A row that stays on the page after its replay, with how far the work on it has come. */
export interface ShownRow extends DeadRow {
  /** Absent for a dead letter. */
  readonly state?: Handling['state'];
}

/** The rows that were dead letters before a replay and no longer are: they are worked on now. */
export function replayedRows(before: readonly ShownRow[], after: readonly DeadRow[]): readonly ShownRow[] {
  const dead = new Set(after.map(({ key }) => key));
  return before
    .filter(({ key, state }) => state === undefined && !dead.has(key))
    .map((row) => ({ ...row, state: 'due' }));
}

/** Dead letters and the rows that stay, newest first. An event that failed again is a dead letter. */
export function mergeRows(kept: readonly ShownRow[], dead: readonly DeadRow[]): readonly ShownRow[] {
  const keys = new Set(dead.map(({ key }) => key));
  return [...kept.filter(({ key }) => !keys.has(key)), ...dead].sort((a, b) => (a.deadAt < b.deadAt ? 1 : -1));
}

/** Whether the work on a row goes on. */
export function isPending({ state }: ShownRow): boolean {
  return state !== undefined && state !== 'handled' && state !== 'dead';
}

/** The calls to ask about, each once. */
export function pendingCalls(rows: readonly ShownRow[], most: number): readonly string[] {
  return [...new Set(rows.filter(isPending).map(({ callKey }) => callKey))].slice(0, most);
}

/** The rows of a call, with the states of its events. A row whose event is gone goes. */
export function withStates(
  rows: readonly ShownRow[],
  callKey: string,
  states: ReadonlyMap<string, Handling['state']>,
): readonly ShownRow[] {
  return rows.flatMap((row) => {
    if (row.callKey !== callKey || !isPending(row)) return row;
    const state = states.get(row.eventId);
    return state === undefined ? [] : { ...row, state };
  });
}
