import type { Inbox } from '@call-status/core';
import type { Clock, Transaction } from '@call-status/core/inbox';

/** An inbox of its own for one test. */
export interface InboxUnderTest {
  /** Not opened yet, if it has to be opened: a test may open several at once. */
  readonly inbox: Inbox;
  /** Only a durable inbox: closes it, and opens what it stored again. */
  readonly reopen?: () => Promise<Inbox>;
  /**
   * Only a shared inbox: the view of the same store that another process or host has, perhaps with another clock. A store that has a clock
   * of its own may ignore that clock.
   */
  readonly second?: (options?: { readonly clock?: Clock }) => Promise<Inbox>;
  /**
   * Whether the store, such as a database server, has a clock of its own. Then retries and leases have their spans between hosts whose
   * clocks differ.
   * @default false
   */
  readonly storeClock?: boolean;
  /** Only an inbox whose retention can be seen in a test: how long it is, and how to let time pass for it. */
  readonly retention?: { readonly retentionMs: number; readonly elapse: (ms: number) => void };
  /** Only an inbox with transactions: a table of the application in the same database. */
  readonly table?: {
    /** Inserts a row with this text. */
    readonly insert: (transaction: Transaction, text: string) => Promise<unknown>;
    /** The texts of all committed rows. */
    readonly rows: () => Promise<readonly string[]>;
  };
  /** Closes every inbox that was made here, and removes the store. */
  cleanup(): void | Promise<void>;
}

/** Makes an empty inbox whose store tells the time by `clock`, which `advance` moves on. */
export type MakeInbox = (options: {
  readonly clock: Clock;
  readonly advance: (ms: number) => void;
}) => InboxUnderTest | Promise<InboxUnderTest>;
