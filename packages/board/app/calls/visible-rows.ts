/** Which rows of a long list are in the document. */
export interface VisibleRows {
  readonly from: number;
  /** After the last. */
  readonly to: number;
}

/** So many rows at a time come and go, so that scrolling seldom changes the document. */
const STEP = 10;

/** About the first row below the upper edge of the window. */
export function firstInSight({ from }: VisibleRows): number {
  return from === 0 ? 0 : from + STEP;
}

/**
 * The rows between `top`, the distance from the beginning of the list to the upper edge of the window, and the lower edge, with some
 * before and after them.
 */
export function visibleRows(top: number, height: number, rowHeight: number, count: number): VisibleRows {
  const first = Math.floor(top / rowHeight / STEP) * STEP - STEP;
  const last = Math.ceil((top + height) / rowHeight / STEP) * STEP + STEP;
  const from = Math.max(0, Math.min(first, count - STEP));
  return { from, to: Math.max(from, Math.min(last, count)) };
}
