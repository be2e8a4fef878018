import type { CallbackRequest } from '../src/callback-request.ts';
import { createCallStatus } from '../src/create-call-status.ts';
import type { ErrorCode } from '../src/errors.ts';
import type { CallStatusOptions } from '../src/options/call-status-options.ts';
import type { Provider } from '../src/provider/define-provider.ts';
import { mycpaas } from '../src/providers/mycpaas.ts';

export const silent = { info() {}, warn() {}, error() {} };
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A request with a form. */
export function callback(body: string, more: Partial<CallbackRequest> = {}): CallbackRequest {
  return { method: 'POST', url: '/', origin: 'https://example.com', headers: FORM, body: Buffer.from(body), ...more };
}

/** A callback of mycpaas. */
export function received(call: number, status = 'completed', more?: Partial<CallbackRequest>): CallbackRequest {
  return callback(`CallSid=CA${call}&CallStatus=${status}`, more);
}

/** A receiver of mycpaas, and the codes of its errors. */
export function receiver(options: Omit<CallStatusOptions<readonly Provider[]>, 'providers'> = {}) {
  const codes: ErrorCode[] = [];
  const calls = createCallStatus({
    providers: [mycpaas()],
    log: silent,
    ...options,
  });
  calls.onError(({ code }) => codes.push(code));
  return { calls, codes };
}
