import { setTimeout } from 'node:timers/promises';
import { type Inbox, isCallStatusError } from '@call-status/core';
import type { FeedPage, FeedQuery } from '@call-status/core/inbox';

/** How long to wait for new events, and for a store that does not answer. */
const PAUSE_MS = 300;
const OUTAGE_MS = 1000;

/** The pause while only some of the events are wanted. */
const SHORT_PAUSE_MS = 20;

const PAGE_ROWS = 1000;

/** What may be over soon: a restart of the database, the lock of another program. */
const PASSING: ReadonlySet<string> = new Set(['inbox_unavailable', 'inbox_locked', 'inbox_full']);

/** Learns when the store does not answer, and when it does again. */
export interface OutageListener {
  readonly began: (reason: string) => void;
  readonly ended: () => void;
}

/** The feed from a place on, page by page, without end. Goes on where it was after an outage of the store. */
export async function* follow(
  inbox: Inbox,
  from: Pick<FeedQuery, 'after' | 'since'>,
  provider: string | undefined,
  outage: OutageListener,
): AsyncGenerator<FeedPage> {
  let place = from;
  let isOut = false;
  for (let isFirst = true; ; isFirst = false) {
    let page: FeedPage;
    try {
      page = await inbox.events({ ...place, ...(provider !== undefined && { provider }), limit: PAGE_ROWS });
    } catch (error) {
      if (isFirst || !isCallStatusError(error) || !PASSING.has(error.code)) throw error;
      if (!isOut) outage.began(error.message);
      isOut = true;
      await setTimeout(OUTAGE_MS);
      continue;
    }
    if (isOut) outage.ended();
    isOut = false;
    const { after } = place;
    place = { after: page.next };
    yield page;
    if (page.rows.length === PAGE_ROWS) continue;
    // A page of one provider may have few rows, or none, and still not be the last.
    const isBehind = provider !== undefined && page.next !== after;
    await setTimeout(isBehind ? SHORT_PAUSE_MS : PAUSE_MS);
  }
}
