import type { CallRow } from '../../src/api/types.ts';

/** What the server says about the calls that changed. */
export interface Changes {
  /** Those that match the filters now. */
  readonly rows: readonly CallRow[];
  /** All that changed, matching or not. */
  readonly keys: ReadonlySet<string>;
}

export interface Merged {
  /** The old rows in their order, as they are now, without those that no longer match. */
  readonly rows: readonly CallRow[];
  /** Matching calls that were not among them, newest first. */
  readonly fresh: readonly CallRow[];
}

/** Brings rows up to date. The row `kept` stays, since the visitor is on it. */
export function mergeRows(rows: readonly CallRow[], { rows: changed, keys }: Changes, kept?: string): Merged {
  const byKey = new Map(changed.map((row) => [row.key, row]));
  const merged: CallRow[] = [];
  for (const row of rows) {
    const newer = byKey.get(row.key);
    if (newer !== undefined) merged.push(newer);
    else if (!keys.has(row.key) || row.key === kept) merged.push(row);
    byKey.delete(row.key);
  }
  return { rows: merged, fresh: [...byKey.values()].sort(newestFirst) };
}

/** Those of `fresh` that belong among `rows`. Without `isComplete`, older ones than the last row come when the visitor scrolls there. */
export function rowsToShow(
  fresh: readonly CallRow[],
  rows: readonly CallRow[],
  isComplete: boolean,
): readonly CallRow[] {
  const last = rows.at(-1);
  return isComplete || last === undefined ? fresh : fresh.filter((row) => newestFirst(row, last) <= 0);
}

/** Puts rows where they belong. */
export function insertRows(rows: readonly CallRow[], fresh: readonly CallRow[]): readonly CallRow[] {
  const inserted: CallRow[] = [];
  let next = 0;
  for (const row of rows) {
    for (let each = fresh[next]; each && newestFirst(each, row) <= 0; each = fresh[++next]) inserted.push(each);
    inserted.push(row);
  }
  return [...inserted, ...fresh.slice(next)];
}

/** Adds the next page, without rows that came in the meantime. */
export function appendRows(rows: readonly CallRow[], page: readonly CallRow[]): readonly CallRow[] {
  const keys = new Set(rows.map(({ key }) => key));
  return [...rows, ...page.filter(({ key }) => !keys.has(key))];
}

function newestFirst(a: CallRow, b: CallRow): number {
  if (a.firstEventAt === b.firstEventAt) return 0;
  return a.firstEventAt > b.firstEventAt ? -1 : 1;
}
