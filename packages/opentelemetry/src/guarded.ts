import { diag } from '@opentelemetry/api';

/** Runs something that must not throw: Node ends the process if a subscriber does. */
export function guarded<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    diag.error('call-status: telemetry failed', error);
    return undefined;
  }
}
