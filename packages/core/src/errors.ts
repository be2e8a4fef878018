/** One row of the table of errors. */
interface ErrorRow {
  /** The HTTP status with which it answers a callback; absent when it never answers one. */
  readonly status?: 400 | 403 | 413 | 415 | 422 | 503;
  /** What is wrong, and how to mend it. */
  readonly message: string;
}

/**
 * Every error of call-status: its stable code, the HTTP status with which it answers a callback (if it does),
 * and a sentence that names the mend. The table is closed: a new case is a new row.
 */
export const ERRORS = {
  malformed_body: {
    status: 400,
    message: 'The body does not parse as its content type says. Check what the provider, or a proxy on the way, sends.',
  },
  body_aborted: {
    status: 400,
    message: 'The client went away in the middle of the body. Nothing is to be done here; the provider tries again.',
  },
  signature_missing: {
    status: 403,
    message:
      'A signing secret is set, but the request has no signature. Check that the provider is told to sign, and that no proxy drops its headers.',
  },
  signature_mismatch: {
    status: 403,
    message:
      'The signature does not fit. Check the secret; and if the provider signs its URL, that the URL verified is the one it called: set publicUrl, or trust proxy.',
  },
  signature_expired: {
    status: 403,
    message: "The signature's timestamp is too far from now. Check this machine's clock; else it is a replay.",
  },
  body_consumed: {
    status: 403,
    message:
      'The bytes of the body are needed, and somebody else read them. Mount call-status before body parsers, or keep the bytes as req.rawBody.',
  },
  token_missing: {
    status: 403,
    message: 'A token is set, but the callback URL has none. Give the provider the URL that callbackUrl() makes.',
  },
  token_mismatch: {
    status: 403,
    message:
      'The token in the callback URL is not one of those set. Give the provider the URL that callbackUrl() makes, or keep the old token in the list while calls run.',
  },
  secret_unavailable: {
    status: 503,
    message:
      'The function that looks up the secret threw or rejected, so the callback cannot be verified. Mend it; the provider tries again.',
  },
  body_too_large: {
    status: 413,
    message: 'The body is over the limit. Raise limits.bytes if the provider really sends that much.',
  },
  unsupported_media_type: {
    status: 415,
    message: 'The content type is none of form, multipart and JSON. Check how the provider is told to send callbacks.',
  },
  unsupported_encoding: {
    status: 415,
    message:
      'The body is compressed or in another charset than UTF-8; providers send neither. Check for a proxy that recodes requests.',
  },
  invalid_callback: {
    status: 422,
    message:
      'The request lacks the call id or the status, or has them malformed. Check that this URL gets only call status callbacks of this provider.',
  },
  ambiguous_provider: {
    status: 422,
    message:
      "More than one provider fits this callback. Name the endpoint's provider: callStatusMiddleware(calls.for('signalwire')).",
  },
  inbox_unavailable: {
    status: 503,
    message:
      'The inbox failed. A callback that it could not record was not acknowledged, so the provider tries again; a worker asks it again by itself. See the cause.',
  },
  inbox_full: {
    status: 503,
    message:
      'The disk of the inbox is full, so nothing was acknowledged; the provider tries again. Free space; no restart is needed.',
  },
  inbox_locked: {
    status: 503,
    message:
      'Another program locks the file of the inbox for too long, so nothing was acknowledged; the provider tries again. End its transaction, or raise busyTimeoutMs.',
  },
  inbox_unwritable: {
    status: 503,
    message:
      'The file of the inbox cannot be opened or written, so nothing was acknowledged; the provider tries again. Check its path, owner and permissions, and those of its folder.',
  },
  inbox_corrupted: {
    status: 503,
    message:
      'The file of the inbox is damaged or is no database, so nothing was acknowledged; the provider tries again. Stop the processes that use it, remove its -wal and -shm files, and put a backup in its place, or what `sqlite3 <file> .recover` saves.',
  },
  inbox_unsupported: {
    status: 503,
    message: 'The inbox cannot work with this file, or with the SQLite that is here. See the hint.',
  },
  unexpected: {
    status: 503,
    message:
      'Something threw that should not: a publicUrl function, your own provider, or call-status itself. See the cause; the provider tries again.',
  },
  not_handled: {
    status: 503,
    message:
      "With ack: 'handled', the handlers failed or were not done within ackDeadlineMs; the inbox retries them, the provider asks again.",
  },
  closed: {
    status: 503,
    message: 'The receiver is closed. Stop the HTTP server before calls.close().',
  },
  handler_failed: {
    message:
      'A handler threw or rejected; the event is retried or, after the last attempt, a dead letter. See the cause.',
  },
  dead_letter: {
    message:
      'A handler failed at every attempt; the event is in the dead letters. Mend the handler, then inbox.deadLetters.replay(id).',
  },
  handler_slow: {
    message:
      'A handler has been running for five minutes; its call waits, and its place among those handled at once is taken. Heed context.signal, or give what it waits for a timeout.',
  },
  lease_lost: {
    message:
      'A handler outlived its lease and another worker took the event over; its late result does not count. Heed context.signal, or raise leaseMs.',
  },
  events_lost: {
    message:
      'The receiver closed before all events were handled, and its inbox forgets them. Give close() more time, or take a durable inbox.',
  },
  provider_missing: {
    message:
      'The inbox gave out an event of a provider that this receiver does not have; it is tried again, and then a dead letter. Give each receiver that works on an inbox all its providers and handlers, or set work: false there.',
  },
  no_worker: {
    message:
      'Events are recorded, and nothing here handles them: they wait. Register a handler, or call calls.work(); set work: false if another process handles them, and work: true if nobody is to. This is said once.',
  },
  conflicting_status: {
    message:
      'A call that had ended came with another terminal status; the first stays. Ask the provider if it matters.',
  },
  missing_secret: {
    message:
      'A provider has no secret, so anyone could forge its callbacks. Set its secret or token, or write allowUnauthenticated: true.',
  },
  invalid_options: { message: 'An option is not what it has to be. See the issues, or the cause.' },
} as const;

/** The stable code of a {@link CallStatusError}. */
export type ErrorCode = keyof typeof ERRORS;

/** What an error is about. Never a secret, a phone number or a body. */
export interface ErrorDetails {
  /** The provider, as far as it is known. */
  readonly provider?: string;
  /** The URL that was verified, without the values of its query. */
  readonly url?: string;
  /** The likely cause, in a sentence. */
  readonly hint?: string;
  /** The id of the event. */
  readonly eventId?: string;
  /** The handler that failed, such as `onCompleted`. */
  readonly handler?: string;
  /** Which attempt failed, from 1. */
  readonly attempt?: number;
  /** What validation found, path and sentence each, without values. */
  readonly issues?: readonly string[];
}

/** The one error class. Tell errors apart by `code`: `instanceof` fails across two copies of a package. */
export class CallStatusError extends Error {
  override readonly name = 'CallStatusError';
  readonly code: ErrorCode;
  /** The HTTP status with which it answers a callback; absent when it never answers one. */
  readonly status: NonNullable<ErrorRow['status']> | undefined;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    const row: ErrorRow = ERRORS[code];
    super([row.message, ...(details.issues ?? []), details.hint].filter(Boolean).join(' '), options);
    this.code = code;
    this.status = row.status;
    this.details = details;
  }
}

/** Whether something thrown is a {@link CallStatusError}, also one of another copy of this package. */
export function isCallStatusError(error: unknown): error is CallStatusError {
  return error instanceof Error && error.name === 'CallStatusError';
}

/** The error for what threw and should not have: of the provider that is named, or of anything else. */
export function unexpected(cause: unknown, provider: string | undefined): CallStatusError {
  return new CallStatusError('unexpected', provider === undefined ? {} : { provider }, { cause });
}
