import { CallStatusError, ERRORS, type ErrorDetails, isCallStatusError } from '../errors.ts';

/** The inbox's own error if its code is known here, since the inbox may have another copy of this package. */
export function inboxFailure(cause: unknown, details: ErrorDetails = {}): CallStatusError {
  const isKnown = isCallStatusError(cause) && cause.status === 503 && Object.hasOwn(ERRORS, cause.code);
  return isKnown
    ? new CallStatusError(cause.code, { ...details, ...cause.details }, { cause: cause.cause })
    : new CallStatusError('inbox_unavailable', details, { cause });
}
