import type { CallStatusEvent } from './event.ts';
import type { CallStatusOptions } from './options/call-status-options.ts';
import { resolveOptions } from './options/options.ts';
import type { EventOf, Provider } from './provider/define-provider.ts';
import { CallStatusReceiver } from './receiver/receiver.ts';
import type { Receiver } from './receiver/types.ts';

/**
 * Creates a receiver for call status callbacks.
 *
 * @throws CallStatusError `invalid_options`; `missing_secret` when a provider has no secret, unless `NODE_ENV` is `development` or `test`
 * @example
 * ```ts
 * import { callStatusMiddleware, createCallStatus, exotel, signalwire } from '@call-status/express';
 * import express from 'express';
 *
 * const calls = createCallStatus({
 *   providers: [
 *     signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! }),
 *     exotel({ token: process.env.EXOTEL_TOKEN! }),
 *   ],
 *   onEnded: (event) => console.log(event.callId, event.status),
 * });
 * express().use('/webhooks/exotel', callStatusMiddleware(calls.provider('exotel'))).listen(3000);
 * ```
 */
export function createCallStatus<const Providers extends readonly Provider[] = readonly Provider[]>(
  options: CallStatusOptions<Providers> = {},
): Receiver<Provider[] extends Providers ? CallStatusEvent : EventOf<Providers[number]>> {
  return new CallStatusReceiver(resolveOptions(options, process.env['NODE_ENV']));
}
