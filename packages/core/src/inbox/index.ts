import '../require-node.ts';

/** For authors of inboxes: the interface, and the rules that every inbox follows. */
export { type ApplicationEnd, foldCall, transitionOf } from '../call.ts';
export type { Transaction } from '../handlers.ts';
export { checkOptions, type OptionRule, type OptionRules } from '../rules/check-options.ts';
export { type Mask, mask, maskDeep, maskId } from '../text/mask.ts';
export { hasHiddenSecrets, putTokenBack } from '../text/replaced-secrets.ts';
export { isSecretName, withoutSecrets } from '../text/without-secrets.ts';
export type { Clock, Timers, TimeSource } from '../timer.ts';
export { type CallParts, type HandledEvent, type Handling, partsOf } from './call-parts.ts';
export type { FeedPage, FeedQuery, FeedRow } from './feed.ts';
export type {
  InboxCounts,
  InboxHealth,
  ProviderHealth,
  RefusedHealth,
  StoreCheck,
  StoreHealth,
  WatchHealth,
  WorkerHealth,
  WorkerLoad,
  WorkerReport,
} from './health.ts';
export type {
  CallEnd,
  EventKey,
  Failure,
  Inbox,
  Job,
  Lease,
  NewEvent,
  Outcome,
  ReadyOptions,
  Recorded,
  RecordOptions,
  Taken,
  TakeRequest,
} from './inbox.ts';
export type { JobTransaction } from './job-transaction.ts';
export type { MemoryInboxOptions } from './memory-inbox.ts';
export { type MovingInbox, moveInbox } from './moving/move-inbox.ts';
export type { MovedCall, MovedDeadLetter, MovedEvent, MovedJob } from './moving/moved-call.ts';
export type { MoveReport } from './moving/mover.ts';
export { type Extent, type Portion, portionsOf, rowsOf } from './portions.ts';
export type {
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterGroup,
  DeadLetterQuery,
  DeadLetters,
  LastEvent,
  Page,
  PageQuery,
} from './queries.ts';
export { queryRules, type TimeQuery, type TimeRange, timeRange } from './query-rules.ts';
export type {
  NewRefusal,
  Refusal,
  RefusalLimits,
  RefusalQuery,
  Refusals,
  RefusedRequest,
} from './refusals.ts';
export { type ReconcileDecision, requestReconcile } from './request-reconcile.ts';
export {
  type CallColumns,
  type CallRow,
  columnsOf,
  mergeColumns,
  type StoredBoolean,
} from './rows/call-columns.ts';
export {
  type FeedCursor,
  type FeedPlace,
  feedCursor,
  type Place,
  type TimeCursor,
  timeCursor,
} from './rows/cursors.ts';
export { errorGroupOf } from './rows/error-group.ts';
export { rowOfCall } from './rows/row-of-call.ts';
export { type CallSearch, digitsOf, searchOf } from './rows/search.ts';
export {
  type StatsBuckets,
  type StatsCall,
  StatsTally,
  statsBuckets,
  statsRows,
} from './rows/stats-rows.ts';
export {
  deadLetterOf,
  eventOf,
  fenceOf,
  isoOf,
  isStorable,
  type StoredDeadLetter,
  type StoredEvent,
  storedText,
} from './rows/stored.ts';
export { summaryOf } from './rows/summary.ts';
export {
  checkSpan,
  isInState,
  NO_PROGRESS,
  type StoredWatch,
  type WatchFacts,
  type WatchMarks,
  watchMarks,
  watchOf,
  watchPlace,
} from './rows/watch-row.ts';
export { DURATION_BOUNDS, type StatsGroup, type StatsQuery, type StatsRow } from './stats.ts';
export type {
  DueWatches,
  ExpectedDetails,
  NewWatch,
  ReconcileRequest,
  ReconcileResult,
  Watch,
  WatchedCall,
  WatchedState,
  Watches,
  WatchKey,
  WatchProgress,
  WatchQuery,
  WatchReason,
  WatchState,
  WatchUpdate,
} from './watches.ts';
