import type { Readable } from 'node:stream';
import { CallStatusError } from '../errors.ts';

/** A stream with the body of a request. Node's own requests say whether it has arrived completely, or was cut off. */
export type BodyStream = Readable & {
  readonly complete?: boolean;
  readonly aborted?: boolean;
  readonly httpVersionMajor?: number;
};

/** Why a body can no longer be read: its client was gone before it had sent all of it, or other code took it. */
export function lossOf(stream: BodyStream): CallStatusError {
  if (wasCutOff(stream)) return new CallStatusError('body_aborted');
  const { complete, errored } = stream;
  if (complete !== undefined || !errored) return new CallStatusError('body_consumed');
  const reason = 'A stream that other code put in the place of the body failed.';
  const hint = 'Look for the cause of this error in the hook that replaced the body.';
  return new CallStatusError('malformed_body', { reason, hint }, { cause: errored });
}

/**
 * Whether a client disconnected in the middle of a body. `aborted` does not say it: node sets it by HTTP/1 also when other code destroys
 * the request. Nor does `complete` by HTTP/2: node sets it there also on requests that were cut off.
 */
export function wasCutOff(stream: BodyStream): boolean {
  const { complete, aborted = false, errored, httpVersionMajor, readableDidRead } = stream;
  if (complete === undefined || httpVersionMajor === 2) return aborted;
  const { code } = (errored ?? {}) as NodeJS.ErrnoException;
  return code === 'ECONNRESET' && !(complete && readableDidRead);
}
