import { CallStatusError, ERRORS, type ErrorDetails, isCallStatusError } from '../errors.ts';

/** In the inbox's own words, where it has some that are known here: it may have another copy of this package. */
export function inboxFailure(cause: unknown, details: ErrorDetails = {}): CallStatusError {
  const isKnown = isCallStatusError(cause) && cause.status === 503 && Object.hasOwn(ERRORS, cause.code);
  return isKnown
    ? new CallStatusError(cause.code, { ...details, ...cause.details }, { cause: cause.cause })
    : new CallStatusError('inbox_unavailable', details, { cause });
}
