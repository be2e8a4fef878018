import './require-node.ts';

export { type ApplicationEnd, type Call, foldCall, transitionOf } from './call.ts';
export type { Ack, CallbackReceiver, CallbackRequest, Receipt, RequestHead } from './callback-request.ts';
export { createCallStatus } from './create-call-status.ts';
export type { FieldPairs } from './decode/field-pairs.ts';
export { DEFAULT_LIMITS, type FieldRecord, type FieldTree, type Limits } from './decode/fields.ts';
export type { ErrorRow } from './error-codes.ts';
export {
  CallStatusError,
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  isCallStatusError,
  type Severity,
} from './errors.ts';
export {
  type Agent,
  type AnsweredBy,
  type AnyCallStatusEvent,
  CALL_STATUSES,
  type CallError,
  type CallStatus,
  type CallStatusEvent,
  type CallStatusEventBase,
  type Direction,
  type Hangup,
  isTerminal,
  type Leg,
  type Line,
  type MachineDetection,
  type ProviderEvent,
  type ProviderFields,
  type ProviderName,
  type Quality,
  type Recording,
  type Sip,
  type TerminalStatus,
  type Transition,
  type Trust,
} from './event.ts';
export type {
  ErrorHandler,
  Handler,
  HandlerContext,
  HandlerOptions,
  Handlers,
  WithStatus,
} from './handlers/handlers.ts';
export { exponentialBackoff, type RetryOptions } from './handlers/retry.ts';
export type {
  CallEnd,
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterQuery,
  DeadLetters,
  Failure,
  Inbox,
  InboxCounts,
  InboxHealth,
  Job,
  Lease,
  NewEvent,
  Outcome,
  Page,
  PageQuery,
  ReadyOptions,
  Recorded,
  Taken,
  TakeRequest,
} from './inbox/inbox.ts';
export { type MemoryInboxOptions, memoryInbox } from './inbox/memory-inbox.ts';
export { queryRules } from './inbox/query-rules.ts';
export { consoleLogger, type Logger } from './log/log.ts';
export { checkOptions, type OptionRule, type OptionRules } from './options/check-options.ts';
export type { CallStatusOptions } from './options/options.ts';
export {
  type Clock,
  defineProvider,
  type EventOf,
  type NormalForm,
  type Provider,
  type ProviderDefinition,
  type ProviderFactory,
  type ProviderOptions,
  type Secret,
  type TenantSecrets,
  type Verdict,
} from './provider/define-provider.ts';
export type { IncomingCallback, PublicUrl } from './provider/incoming-callback.ts';
export * from './providers/index.ts';
export type {
  CloseOptions,
  EventName,
  ProviderReceiver,
  Receiver,
  RecordOptions,
  Registrars,
} from './receiver/types.ts';
export type { TelemetryAttempt, TelemetryEvent, TelemetrySubject } from './telemetry.ts';
export type { Timers, TimeSource } from './timer.ts';
