import '../require-node.ts';

/** For authors of inboxes: the interface, and the rules that every inbox follows. */
export { type ApplicationEnd, foldCall, transitionOf } from '../call.ts';
export { checkOptions, type OptionRule, type OptionRules } from '../rules/check-options.ts';
export type { Clock, Timers, TimeSource } from '../timer.ts';
export type {
  CallEnd,
  Failure,
  Inbox,
  Job,
  Lease,
  NewEvent,
  Outcome,
  ReadyOptions,
  Recorded,
  Taken,
  TakeRequest,
} from './inbox.ts';
export type { MemoryInboxOptions } from './memory-inbox.ts';
export type {
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterQuery,
  DeadLetters,
  InboxCounts,
  InboxHealth,
  Page,
  PageQuery,
} from './queries.ts';
export { queryRules, type TimeQuery, type TimeRange, timeRange } from './query-rules.ts';
