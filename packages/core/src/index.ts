import './require-node.ts';

export { type ApplicationEnd, type Call, foldCall, transitionOf } from './call.ts';
export { checkOptions, type OptionRule, type OptionRules } from './check-options.ts';
export { createCallStatus } from './create-call-status.ts';
export type { FieldNames } from './decode/field-names.ts';
export { DEFAULT_LIMITS, type FieldRecord, type FieldTree, type Limits } from './decode/fields.ts';
export type { FlatFields } from './decode/flat-fields.ts';
export type {
  CallbackEndpoint,
  CallStatusReceiver,
  CloseOptions,
  EventName,
  ProviderEndpoint,
  RecordOptions,
  Registrars,
  RequestHead,
} from './endpoint.ts';
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
export type { ErrorHandler, Handler, HandlerContext, HandlerOptions, Handlers, WithStatus } from './handlers.ts';
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
  Lease,
  Outcome,
  Page,
  PageQuery,
  ReadyOptions,
  Recorded,
  Taken,
  TakeRequest,
  Unrecorded,
  Work,
} from './inbox.ts';
export { consoleLogger, type Logger } from './log.ts';
export { type MemoryInboxOptions, memoryInbox } from './memory-inbox.ts';
export type { Message, PublicUrl } from './message.ts';
export type { CallStatusOptions } from './options.ts';
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
} from './provider.ts';
export * from './providers/index.ts';
export { queryRules } from './query-rules.ts';
export type { CallbackRequest, Receipt } from './request.ts';
export { exponentialBackoff, type RetryOptions } from './retry.ts';
export type { TelemetryAttempt, TelemetryEvent, TelemetrySubject } from './telemetry.ts';
