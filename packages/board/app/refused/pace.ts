/** What the list had when it was loaded. */
export interface Shown {
  /** Of all refusals. */
  readonly total: number;
  readonly atMs: number;
}

/** Health comes every five seconds, so the list is loaded with every second one. */
const PACE_MS = 8000;

/** Whether to load the list again. The total of a list that is full stays the same, whatever comes. */
export function isDue(shown: Shown | undefined, total: number, nowMs: number): boolean {
  return shown === undefined || total !== shown.total || nowMs - shown.atMs >= PACE_MS;
}
