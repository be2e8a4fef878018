import { type CallStatusOptions, createCallStatus } from '@call-status/core';
import { type CallbackReceiver, timeToClose } from '@call-status/core/adapter';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

/** The given receiver, or a new one that closes with Fastify. Either logs through Fastify's logger. */
export function receiverFor(
  scope: FastifyInstance,
  given: CallbackReceiver | undefined,
  options: CallStatusOptions,
): CallbackReceiver {
  const log = isWritten(scope.log) ? scope.log : undefined;
  if (given !== undefined) {
    if (log !== undefined) given.offerLog?.(log);
    return given;
  }
  const calls = createCallStatus({ ...options, ...(options.log === undefined && log && { log }) });
  scope.addHook('onClose', () => calls.close(timeToClose(scope.server)));
  return calls;
}

/** Without a `logger`, Fastify has one whose methods are all the same no-op function. */
function isWritten({ level, warn, error }: FastifyBaseLogger): boolean {
  return level !== undefined || warn !== error;
}
