import type { Inbox } from '@call-status/core';
import type { Clock } from '@call-status/core/inbox';

/** An inbox of its own for one test. */
export interface InboxUnderTest {
  readonly inbox: Inbox;
  /** Only a durable inbox: closes it, and opens what it stored again. */
  readonly reopen?: () => Promise<Inbox>;
  /** Only a shared inbox: the view of the same store that another process or host has, perhaps with another clock. */
  readonly second?: (options?: { readonly clock?: Clock }) => Promise<Inbox>;
  /** Only an inbox whose retention can be seen in a test: how long it is, and how to let time pass for it. */
  readonly retention?: { readonly retentionMs: number; readonly elapse: (ms: number) => void };
  /** Closes every inbox that was made here, and removes the store. */
  cleanup(): void | Promise<void>;
}

/** Makes an empty inbox that tells the time by `clock`, which `advance` moves on. */
export type MakeInbox = (options: {
  readonly clock: Clock;
  readonly advance: (ms: number) => void;
}) => InboxUnderTest | Promise<InboxUnderTest>;
