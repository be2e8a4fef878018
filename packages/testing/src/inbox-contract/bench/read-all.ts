import type { Page } from '@call-status/core';

/** The rows of all pages; ends in an error if the pages do not end. */
export async function readAll<Row>(read: (page: { cursor?: string }) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let page = await read({});
  rows.push(...page.rows);
  while (page.next !== undefined) {
    if (rows.length > 1000) throw new Error('The pages do not end.');
    page = await read({ cursor: page.next });
    rows.push(...page.rows);
  }
  return rows;
}
