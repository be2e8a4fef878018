import './require-node.ts';

/** Everything an application needs. Authors of providers, inboxes and adapters find more in `/provider`, `/inbox` and `/adapter`. */

export type { Call } from './call.ts';
export type { CallbackRequest, Receipt } from './callback-request.ts';
export { createCallStatus } from './create-call-status.ts';
export type { Limits } from './decode/fields.ts';
export { diagnose } from './diagnose/diagnose.ts';
export type {
  CapturedRequest,
  DiagnosedProvider,
  Diagnosis,
  DiagnosisInput,
  Finding,
  OtherProvider,
} from './diagnose/diagnosis.ts';
export { CallStatusError, ERRORS, type ErrorCode, isCallStatusError } from './errors.ts';
export {
  type AnyCallStatusEvent,
  CALL_STATUSES,
  type CallStatus,
  type CallStatusEvent,
  isTerminal,
  type ProviderName,
  type Source,
  type TerminalStatus,
  type Transition,
  type Trust,
} from './event.ts';
export type { ErrorHandler, Handler, HandlerContext, HandlerOptions, Handlers, Transaction } from './handlers.ts';
export type { WorkerLoad } from './inbox/health.ts';
export type { Inbox, InboxHealth } from './inbox/inbox.ts';
export { memoryInbox } from './inbox/memory-inbox.ts';
export type { CallSummary, DeadLetter, Page } from './inbox/queries.ts';
export type { ReconcileDecision } from './inbox/request-reconcile.ts';
export type { ExpectedDetails, Watch, WatchedCall, WatchReason } from './inbox/watches.ts';
export { consoleLogger, type Logger } from './log/log.ts';
export type { CallNotice, NoticeContext, NoticeHandler } from './notice.ts';
export { builtInProviders } from './options/built-in-providers.ts';
export type { CallStatusOptions, KeepRefusedOptions } from './options/call-status-options.ts';
export type { Clue, RuleName } from './provider/clue.ts';
export type { Provider } from './provider/define-provider.ts';
export * from './providers/index.ts';
export type { DiagnosedRefusal, RefusalDiagnosis } from './receiver/diagnose-refusal.ts';
export { type ReconcileOnceOptions, reconcileOnce } from './receiver/reconcile-once.ts';
export type { CloseOptions, ProviderReceiver, Receiver, ReceiverHealth } from './receiver/types.ts';
export type { ExpectOptions } from './reconcile/expect.ts';
export type { AskedCall, AskedResult } from './reconcile/once.ts';
export type { ReconcileOptions } from './reconcile/rules.ts';
export { exponentialBackoff, type RetryOptions } from './retry.ts';
export type { Secret, TenantSecrets } from './signing/secrets.ts';
export type {
  HandledMessage,
  HandledOutcome,
  HandleMessage,
  InboxMessage,
  ReceivedMessage,
  ReconciledMessage,
  ReconciledResult,
} from './telemetry/messages.ts';
