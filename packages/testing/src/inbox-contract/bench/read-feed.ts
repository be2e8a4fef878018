import type { FeedPage, FeedQuery, Inbox } from '@call-status/core/inbox';

/** All that the feed has, and the cursor behind it; ends in an error if the pages do not end. */
export async function readFeed(inbox: Inbox, query: FeedQuery): Promise<Omit<FeedPage, 'missed'>> {
  const rows = [];
  let page = await inbox.events(query);
  let isEmpty = false;
  // An inbox may end a page early.
  while (page.rows.length > 0 || !isEmpty) {
    isEmpty = page.rows.length === 0;
    rows.push(...page.rows);
    if (rows.length > 10_000) throw new Error('The feed does not end.');
    page = await inbox.events({ ...query, after: page.next });
  }
  return { rows, next: page.next };
}
