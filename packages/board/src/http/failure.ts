import { isCallStatusError } from '@call-status/core';
import type { Failure } from '../api/types.ts';

/** An answer that is not 2xx. */
export class BoardFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The request is wrong: what about it, and what is right. */
export function badRequest(message: string): BoardFailure {
  return new BoardFailure(400, 'invalid_request', message);
}

/** What is asked for does not exist, or does not exist any more. */
export function notFound(what: string): BoardFailure {
  return new BoardFailure(404, 'not_found', `${what} Load the list again: it may have been removed.`);
}

/** What an error of the inbox, or of anything else that a route calls, says to the visitor. */
export function failureOf(error: unknown): { readonly status: number; readonly failure: Failure } {
  if (error instanceof BoardFailure) {
    return { status: error.status, failure: { code: error.code, message: error.message } };
  }
  if (isCallStatusError(error)) {
    const { code, message } = error;
    return { status: code === 'invalid_options' ? 400 : 503, failure: { code, message } };
  }
  const message = 'The inbox failed for a reason that only the log of the server shows. Look for it there.';
  return { status: 503, failure: { code: 'inbox_unavailable', message } };
}
