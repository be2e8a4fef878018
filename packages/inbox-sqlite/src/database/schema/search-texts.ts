/** What a search finds calls by, in the order of `search_texts.kind`, and the columns of `calls` that have it. */
export const SEARCH_COLUMNS = [['call_id'], ['from_digits', 'to_digits'], ['from_reversed', 'to_reversed']] as const;

/** Selects the rows of `search_texts` for some calls. */
export function searchTextsOf(calls: string): string {
  return SEARCH_COLUMNS.flatMap((columns, kind) =>
    columns.map(
      (name) =>
        `SELECT id >> 10 AS block, ${kind} AS kind, ${name} AS text, id FROM calls WHERE ${calls} AND ${name} IS NOT NULL`,
    ),
  ).join(' UNION ALL ');
}

/** Which block of `search_texts` a call belongs to. */
export function blockOf(call: number): number {
  return Math.floor(call / 1024);
}
