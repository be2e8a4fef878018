import { type Inbox, isCallStatusError } from '@call-status/core';
import type { FeedPage } from '@call-status/core/inbox';

/**
 * A part of the feed. After a place that is not one of this inbox, there is nothing but its end, and something is missed.
 *
 * @throws CallStatusError of the inbox
 */
export async function readFeed(inbox: Inbox, after: string, limit: number): Promise<FeedPage> {
  try {
    return await inbox.events({ after, limit });
  } catch (error) {
    if (!isCallStatusError(error) || error.code !== 'invalid_options') throw error;
    return { ...(await inbox.events({ after: 'end', limit: 1 })), missed: true };
  }
}
