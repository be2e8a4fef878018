import { INBOX_ERRORS } from './inbox-error-codes.ts';

/** How urgently someone must act on an error. See {@link CallStatusError.severity}. */
export type Severity = 'page' | 'ticket' | 'info';

/** One row of the table of errors. */
export interface ErrorRow {
  /** The HTTP status with which it answers a callback; absent if it never does. */
  readonly status?: 400 | 403 | 413 | 415 | 422 | 503;
  /** `page`: act at once. `ticket`: act within days. `info`: any client can cause it, or it resolves by itself. */
  readonly severity: Severity;
  /** What happened. */
  readonly message: string;
  /** What to do, unless the error has a more specific hint. */
  readonly fix: string;
}

const RECEIVER_ERRORS = {
  malformed_body: {
    status: 400,
    severity: 'info',
    message: 'The body does not match its content type.',
    fix: 'Check what the provider sends, and whether a proxy changes it.',
  },
  body_aborted: {
    status: 400,
    severity: 'info',
    message: 'The client disconnected before the body was complete.',
    fix: 'No action needed; the provider will retry.',
  },
  invalid_host: {
    status: 403,
    severity: 'info',
    message: 'The request does not say which host was called, so a signature over its URL proves nothing.',
    fix: 'Set publicUrl, or look for a proxy that changes the Host header.',
  },
  signature_missing: {
    status: 403,
    severity: 'info',
    message: 'A signing secret is set, but the request has no signature.',
    fix: 'Check that the provider is configured to sign its callbacks, and that no proxy removes the signature header.',
  },
  signature_mismatch: {
    status: 403,
    severity: 'info',
    message: 'The signature does not match.',
    fix: 'Check the secret. If the provider signs the URL, set publicUrl to the address that it calls.',
  },
  signature_expired: {
    status: 403,
    severity: 'info',
    message: 'The timestamp of the signature is too far from the current time.',
    fix: "Check this machine's clock. If it is right, the request was replayed or delayed.",
  },
  credentials_missing: {
    status: 403,
    severity: 'info',
    message: 'A secret is set, but the request has no credentials.',
    fix: 'Check that the provider is configured to send them, and that no proxy removes the header.',
  },
  credentials_mismatch: {
    status: 403,
    severity: 'info',
    message: 'The credentials of the request do not match.',
    fix: 'Compare the secret here with the one that the provider has.',
  },
  body_consumed: {
    status: 403,
    severity: 'info',
    message: 'The bytes of the body are needed, and other code has already read them.',
    fix: 'Let call-status read the body first, or keep the bytes as rawBody of the request of Express, Koa or Fastify.',
  },
  token_missing: {
    status: 403,
    severity: 'info',
    message: 'A token is set, but the callback URL has none.',
    fix: 'Give the provider the URL that callbackParams({ url, token }) returns.',
  },
  token_mismatch: {
    status: 403,
    severity: 'info',
    message: 'The token in the callback URL does not match any configured token.',
    fix: 'Give the provider the URL that callbackParams({ url, token }) returns. Keep an old token in the list while calls that use it are running: token: [newToken, oldToken].',
  },
  secret_unavailable: {
    status: 503,
    severity: 'page',
    message:
      'The function that looks up the secret failed, or did not return its tenant, so the callback cannot be verified.',
    fix: 'Fix the error in `cause`. The provider will retry.',
  },
  body_too_large: {
    status: 413,
    severity: 'info',
    message: 'The request exceeds a limit.',
    fix: 'If the provider really sends that much, raise the limit in `limits`.',
  },
  unsupported_media_type: {
    status: 415,
    severity: 'info',
    message: 'The content type is not form, multipart or JSON.',
    fix: 'Check how the provider is configured to send callbacks.',
  },
  unsupported_encoding: {
    status: 415,
    severity: 'info',
    message: 'The encoding or charset of the body is not supported. No provider sends such a body.',
    fix: 'Look for a proxy that compresses or re-encodes requests.',
  },
  invalid_callback: {
    status: 422,
    severity: 'info',
    message: 'The callback lacks the call id or the status, or one of them is malformed.',
    fix: 'Check that only call status callbacks of this provider are sent to this URL.',
  },
  ambiguous_provider: {
    status: 422,
    severity: 'info',
    message: 'The callback matches more than one provider.',
    fix: "Name the provider at each URL: pass calls.provider('signalwire') to the adapter instead of calls.",
  },
  unexpected: {
    status: 503,
    severity: 'page',
    message: 'Something threw unexpectedly: a publicUrl function, a provider of your own, or call-status itself.',
    fix: 'Fix the error in `cause`. The provider will retry.',
  },
  not_handled: {
    status: 503,
    severity: 'info',
    message: "With ack: 'handled', the handlers failed or did not finish within ackDeadlineMs.",
    fix: 'No action needed for this callback: the inbox retries the handlers, and the provider retries the callback. To avoid it, make the handlers faster or raise ackDeadlineMs.',
  },
  closed: {
    status: 503,
    severity: 'info',
    message: 'The receiver, or its inbox, is closed.',
    fix: 'Stop the HTTP server before calls.close(). In a script, close the inbox last.',
  },
  handler_failed: {
    severity: 'ticket',
    message: 'A handler threw or rejected. Its event is retried; after the last attempt it becomes a dead letter.',
    fix: 'Fix the error in `cause`.',
  },
  dead_letter: {
    severity: 'ticket',
    message: 'The handlers of an event failed at every attempt. The event is now a dead letter.',
    fix: 'Fix the error in `cause`, then call inbox.deadLetters.replay(eventId).',
  },
  handler_timeout: {
    severity: 'ticket',
    message: 'A handler took longer than handlerTimeoutMs, so the attempt counts as failed.',
    fix: 'Stop when context.signal aborts, and give what the handler waits for a timeout. Or raise handlerTimeoutMs.',
  },
  worker_full: {
    severity: 'info',
    message: 'Events are waiting because slow handlers take all places: of the receiver, or of one provider.',
    fix: 'Find out what these handlers are waiting for, or raise concurrency.',
  },
  handlers_changed: {
    severity: 'info',
    message:
      'A handler that finished in an earlier attempt is no longer registered under that name, so the new handlers of its kind run. A renamed handler runs twice for this event.',
    fix: "Keep handler names stable: calls.onCompleted(handler, { name: 'billing' }). Logged once per handler.",
  },
  no_transaction: {
    severity: 'ticket',
    message: 'A handler used context.transaction, but there is no transaction for it.',
    fix: 'Use an inbox whose database has your own tables, such as postgresInbox(), and await every query in the handler.',
  },
  lease_lost: {
    severity: 'info',
    message:
      'The lease of an event expired or was lost while its handler ran. The late result counts only if no other worker has taken the event.',
    fix: 'Stop when context.signal aborts, and do not block the event loop for long. Or raise leaseMs.',
  },
  events_lost: {
    severity: 'page',
    message: 'The receiver closed before all events were handled, and its inbox does not keep them.',
    fix: 'Give close() a longer deadlineMs, or use a durable inbox.',
  },
  call_unterminated: {
    severity: 'info',
    message: 'A call has no end, and there is no handler for that.',
    fix: "Write onMissing and onStuck. `inbox.watches.list({ state: 'stuck' })` has such calls; `endCall` ends one.",
  },
  notice_failed: {
    severity: 'ticket',
    message: 'The handlers of a notice, onMissing or onStuck, failed at every attempt.',
    fix: "Fix the error in `cause`. `inbox.watches.list({ state: 'failed' })` has the call; pass it to calls.retryNotice().",
  },
  provider_missing: {
    severity: 'ticket',
    message:
      'The inbox has an event of a provider that this receiver does not have; it is retried, and then becomes a dead letter.',
    fix: 'Give every receiver that handles events of this inbox all providers and handlers, or set worker: false there.',
  },
  no_worker: {
    severity: 'page',
    message: 'Events are recorded, but nothing here handles them, so they wait. This is logged once.',
    fix: 'Register a handler or call calls.startWorker(). Set worker: false if another process handles them, and worker: true if nothing should.',
  },
  memory_inbox: {
    severity: 'info',
    message: 'The inbox is in memory: events that are not handled when this process dies are lost.',
    fix: "Use a durable inbox, such as sqliteInbox({ path: '/data/calls.db' }). If the loss is acceptable, say so: inbox: memoryInbox().",
  },
  conflicting_status: {
    severity: 'info',
    message: 'A call that had ended got another terminal status. The first one stays.',
    fix: 'No action needed. Ask the provider if it matters to you.',
  },
  api_credentials: {
    severity: 'ticket',
    message:
      "A provider's API refused the credentials in `api`, or there are none, so calls whose callbacks are missing cannot be looked up.",
    fix: 'Check the credentials, and that they may read calls. This is reported once for each account, until they are accepted.',
  },
  api_failed: {
    severity: 'info',
    message: "A provider's API did not give a usable answer five times in a row. It is now asked once a minute.",
    fix: 'No action needed if the provider has an outage. Otherwise check whether this process can reach its API.',
  },
  missing_secret: {
    severity: 'page',
    message: 'A provider has no secret, so anyone could forge its callbacks.',
    fix: 'Set its secret or token, or set allowUnauthenticated: true.',
  },
  invalid_options: {
    severity: 'page',
    message: 'Invalid options.',
    fix: 'See the cause.',
  },
} as const;

/**
 * Every error of call-status by its stable code: the HTTP status of the answer (if it answers a callback), its severity, what happened and
 * what to do. Every error that call-status reports has a row here.
 */
export const ERRORS: typeof RECEIVER_ERRORS & typeof INBOX_ERRORS = { ...RECEIVER_ERRORS, ...INBOX_ERRORS };

/** The stable code of an error. */
export type ErrorCode = keyof typeof ERRORS;
